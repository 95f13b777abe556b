// For the test alone; nothing is needed for clawline.
const headers = { "content-security-policy": process.env.POLICY };

export default { server: { headers }, preview: { headers } };
