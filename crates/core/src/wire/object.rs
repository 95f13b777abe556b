//! The one way in which the core looks into a parsed frame.

/// A parsed JSON object, wherever it lives: a `JsValue` in the browser, a
/// `serde_json::Value` natively. The core reads the few members it must
/// understand and leaves the rest where it is.
///
/// Every method answers `None` (or visits nothing) for a member that is absent
/// or of another type: frames come from the network and may be anything.
pub trait Object: Sized {
    /// A string member.
    fn text(&self, name: &'static str) -> Option<String>;
    /// A number member.
    fn number(&self, name: &'static str) -> Option<f64>;
    /// A boolean member.
    fn flag(&self, name: &'static str) -> Option<bool>;
    /// A member that is itself an object.
    fn child(&self, name: &'static str) -> Option<Self>;
    /// A member, whatever it is.
    fn value(&self, name: &'static str) -> Value<Self>;
    /// Visits the elements of a list, or the values of an object's members, in
    /// order.
    fn values(&self, visit: &mut dyn FnMut(Value<Self>));
    /// A number as it is written. Whoever has the object knows how, and Rust's own
    /// way weighs 16 KB of wasm.
    fn written(number: f64) -> String;

    /// Visits the objects of an array member, in order; other elements are
    /// passed over.
    fn each(&self, name: &'static str, visit: &mut dyn FnMut(Self)) {
        if let Value::List(list) = self.value(name) {
            list.values(&mut |element| {
                if let Value::Object(object) = element {
                    visit(object);
                }
            });
        }
    }

    /// The strings of an array member, `None` when there is no such array.
    fn texts(&self, name: &'static str) -> Option<Vec<String>> {
        let Value::List(list) = self.value(name) else {
            return None;
        };
        let mut texts = Vec::new();
        list.values(&mut |element| {
            if let Value::Text(text) = element {
                texts.push(text);
            }
        });
        Some(texts)
    }

    /// A number member that is a whole number from 0 to 2^53.
    fn whole(&self, name: &'static str) -> Option<u64> {
        whole(self.number(name)?)
    }
}

/// A member of an object or an element of a list.
#[derive(Debug)]
pub enum Value<O> {
    /// Absent, or `null`.
    Nothing,
    /// A string.
    Text(String),
    /// A number.
    Number(f64),
    /// A boolean.
    Flag(bool),
    /// An object.
    Object(O),
    /// An array, whose elements [`Object::values`] visits; it has no members.
    List(O),
}

/// A whole number from 0 to 2^53.
pub(super) fn whole(number: f64) -> Option<u64> {
    const LARGEST: f64 = 9_007_199_254_740_992.0;
    let fits = number.fract() == 0.0 && (0.0..=LARGEST).contains(&number);
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "checked to be whole and in range on the line above"
    )]
    fits.then_some(number as u64)
}
