// For the test alone; nothing is needed for clawline.
export default {
  server: { headers: { "content-security-policy": process.env.POLICY } },
};
