//! What tasks and objects are called: a task as it calls itself, an object as the source calls it, at the
//! places where it is used or else where it was made.

use super::source::{Sources, opening};
use crate::witness::{ObjectKind, Place, Witness};
use std::collections::{BTreeMap, BTreeSet};

/// An index that is longer than this is not part of a name.
const INDEX_MAX: usize = 8;

/// A name for each task and each object of a witness. No two objects have the same.
#[derive(Debug)]
pub(super) struct Names {
    tasks: Vec<String>,
    objects: Vec<String>,
    /// Those that a barrier is made of.
    barriers: BTreeSet<usize>,
}

impl Names {
    pub(super) fn of(witness: &Witness, sources: &Sources) -> Self {
        let used: Vec<Vec<String>> =
            (0..witness.objects.len()).map(|object| names_in_use(witness, sources, object)).collect();
        let users = |name: &String| used.iter().filter(|names| names.contains(name)).count();
        let name = |(object, names): (usize, &Vec<String>)| {
            let agreed = names.first().filter(|name| names.len() == 1 && users(name) == 1);
            let made = || name_of_binding(sources.before(witness.objects[object].made_at?)?);
            agreed.cloned().or_else(made).or_else(|| names.first().cloned())
        };
        let objects = number_equal(used.iter().enumerate().map(name).collect(), witness);
        let is_barrier = |&object: &usize| {
            let made_at = witness.objects[object].made_at;
            made_at.and_then(|place| sources.call(place)).is_some_and(|call| call.name == "Barrier")
        };
        let barriers = (0..witness.objects.len()).filter(is_barrier).collect();
        Names { tasks: witness.tasks.iter().map(|task| task.name.clone()).collect(), objects, barriers }
    }

    /// Whether an object is part of a barrier.
    pub(super) fn is_barrier(&self, object: usize) -> bool {
        self.barriers.contains(&object)
    }

    pub(super) fn task(&self, task: usize) -> &str {
        &self.tasks[task]
    }

    pub(super) fn object(&self, object: usize) -> &str {
        &self.objects[object]
    }

    /// "T1", "T1 and T2", "T1, T2 and T3".
    pub(super) fn list(&self, tasks: impl IntoIterator<Item = usize>) -> String {
        and(&tasks.into_iter().map(|task| self.task(task)).collect::<Vec<_>>())
    }
}

/// "a", "a and b", "a, b and c".
pub(super) fn and(items: &[impl AsRef<str>]) -> String {
    let mut text = String::new();
    for (position, item) in items.iter().enumerate() {
        text += match position {
            0 => "",
            last if last + 1 == items.len() => " and ",
            _ => ", ",
        };
        text += item.as_ref();
    }
    text
}

/// What an object is when nothing else is known of it.
pub(super) fn kind(kind: ObjectKind) -> &'static str {
    match kind {
        ObjectKind::Atomic => "atomic",
        ObjectKind::Mutex => "mutex",
        ObjectKind::RwLock => "rwlock",
        ObjectKind::Condvar => "condvar",
        ObjectKind::Channel => "channel",
        ObjectKind::Cell => "cell",
        ObjectKind::Once => "once",
        ObjectKind::Parker => "parker",
        ObjectKind::Count => "arc",
        ObjectKind::Callee(what) => what,
    }
}

/// How the calls begin whose receiver is an object of this kind. A condition's wait, for one, also locks
/// a mutex, which is not its receiver.
fn methods(kind: ObjectKind) -> &'static [&'static str] {
    match kind {
        ObjectKind::Atomic | ObjectKind::Cell | ObjectKind::Callee(_) => &[""],
        ObjectKind::Mutex => &["lock", "try_lock"],
        ObjectKind::RwLock => &["read", "write", "try_read", "try_write"],
        ObjectKind::Condvar => &["wait", "notify"],
        ObjectKind::Channel => &["send", "try_send", "recv", "try_recv", "iter", "try_iter"],
        ObjectKind::Once => &["call_once", "is_completed", "wait", "get", "set", "force"],
        ObjectKind::Parker => &[],
        ObjectKind::Count => &["upgrade"],
    }
}

/// Every name by which an object's methods are called, in the order of their first use.
fn names_in_use(witness: &Witness, sources: &Sources, object: usize) -> Vec<String> {
    let steps = witness.steps.iter().filter(|step| step.object == Some(object));
    let waits = witness.waits.iter().filter(|wait| wait.object == Some(object));
    let places = steps.filter_map(|step| step.place).chain(waits.filter_map(|wait| wait.place));
    let methods = methods(witness.objects[object].kind);
    let name = |place: Place| {
        let call = sources.call(place)?;
        let is_its_own = methods.iter().any(|method| call.name.starts_with(method));
        is_its_own.then(|| name_of_receiver(call.receiver))?
    };
    let mut seen = BTreeSet::new();
    places.filter_map(name).filter(|name| seen.insert(name.clone())).collect()
}

/// The last part of a path, if it is a name.
fn name_of_receiver(receiver: &str) -> Option<String> {
    let index = receiver.strip_suffix(']').and_then(|_| opening(receiver)).unwrap_or(receiver.len());
    let (path, index) = receiver.split_at(index);
    let mut name = path.rsplit(['.', ':']).next()?.trim();
    if let Some((tuple, field)) = path.rsplit_once('.').filter(|_| name.parse::<usize>().is_ok()) {
        // A field of a tuple has no name of its own.
        let tuple = tuple.rsplit(['.', ':']).next()?.trim();
        name = if is_identifier(tuple) && tuple != "self" {
            &path[path.len() - tuple.len() - 1 - field.len()..]
        } else {
            ""
        };
        return (!name.is_empty() && !name.contains(char::is_whitespace)).then(|| name.to_string());
    }
    if !is_identifier(name) || name == "self" {
        return None;
    }
    let index = if index.len() > INDEX_MAX + 2 { "[..]" } else { index };
    Some(format!("{name}{index}"))
}

/// What the expression that follows is bound to: by `let`, as a static, as a field.
fn name_of_binding(before: &str) -> Option<String> {
    let statement = start_of_statement(before, &[';', '{', '}']);
    if let Some(name) = name_in_tuple(statement).or_else(|| name_of_part(statement)) {
        return Some(name);
    }
    let head = start_of_statement(before, &[';', '{', '}', ',']).trim_start();
    if let Some((_, pattern)) = head.split_once("let ").filter(|(before, _)| !before.ends_with(is_word)) {
        let pattern = pattern.trim_start().trim_start_matches("mut ");
        if let Some(both) = pattern.strip_prefix('(').and_then(|pattern| pattern.split_once(')')) {
            let parts: Vec<&str> = both.0.split(',').map(str::trim).collect();
            return parts.iter().all(|part| is_identifier(part)).then(|| parts.join("/"));
        }
        return first_identifier(pattern);
    }
    for keyword in ["static ", "const "] {
        if let Some((_, name)) = head.split_once(keyword) {
            return first_identifier(name);
        }
    }
    let (field, rest) = head.split_once(':')?;
    (is_identifier(field.trim()) && !rest.starts_with(':')).then(|| field.trim().to_string())
}

/// Of `let (a, b) = (x, Mutex::new(`, `b`.
fn name_in_tuple(statement: &str) -> Option<String> {
    let (names, tuple) = statement.trim_start().strip_prefix("let (")?.split_once(')')?;
    let tuple = tuple.trim_start().strip_prefix('=')?.trim_start().strip_prefix('(')?;
    let (mut depth, mut place) = (0, 0);
    for c in tuple.chars() {
        match c {
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' => depth -= 1,
            ',' if depth == 0 => place += 1,
            _ => {}
        }
    }
    let name = names.split(',').nth(place).map(str::trim)?;
    (depth >= 0 && is_identifier(name)).then(|| name.to_string())
}

/// Of `let pair = Arc::new((x, Mutex::new(`, and of `let pair = Arc::new(Pair(x, Mutex::new(`, `pair.1`.
fn name_of_part(statement: &str) -> Option<String> {
    let (name, value) = statement.trim_start().strip_prefix("let ")?.split_once('=')?;
    let name = first_identifier(name.trim_start().trim_start_matches("mut "))?;
    let (mut depth, mut place) = (0, 0);
    for (at, c) in value.char_indices().rev() {
        match c {
            ')' | ']' | '}' => depth += 1,
            ',' if depth == 0 => place += 1,
            '(' if depth == 0 => {
                let callee = value[..at].trim_end();
                let word = callee.rsplit(|c: char| !is_word(c) && c != ':').next().unwrap_or_default();
                let is_tuple = word.is_empty() || word.starts_with(char::is_uppercase) && !word.contains(':');
                if is_tuple {
                    return Some(format!("{name}.{place}"));
                }
                // Of a call it is an argument, which may be part of something around it.
                place = 0;
            }
            '(' | '[' | '{' if depth == 0 => return None,
            '(' | '[' | '{' => depth -= 1,
            _ => {}
        }
    }
    None
}

/// What stands between one of these `ends`, of a statement, a block, an item of a list, and here.
fn start_of_statement<'a>(text: &'a str, ends: &[char]) -> &'a str {
    let mut rest = text;
    while let Some(c) = rest.chars().next_back() {
        rest = match c {
            end if ends.contains(&end) => break,
            ')' | ']' => match opening(rest) {
                Some(start) => &rest[..start],
                None => break,
            },
            _ => &rest[..rest.len() - c.len_utf8()],
        };
    }
    &text[rest.len()..]
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

fn is_identifier(text: &str) -> bool {
    text.starts_with(|c: char| is_word(c) && !c.is_numeric()) && text.chars().all(is_word)
}

fn first_identifier(text: &str) -> Option<String> {
    let name = &text[..text.find(|c| !is_word(c)).unwrap_or(text.len())];
    is_identifier(name).then(|| name.to_string())
}

/// Numbers the objects that would have the same name, and those that have none by their kind. An index
/// that does not tell them apart is left out.
fn number_equal(mut names: Vec<Option<String>>, witness: &Witness) -> Vec<String> {
    let counts = count_equal(&names);
    for name in names.iter_mut().flatten().filter(|name| counts[*name] > 1) {
        name.truncate(name.find('[').unwrap_or(name.len()));
    }
    let mut counts = count_equal(&names);
    counts.iter_mut().filter(|(name, _)| is_one(name, &names, witness)).for_each(|(_, count)| *count = 1);
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    let mut number = |of: &str| {
        let seen = seen.entry(of.to_string()).or_default();
        *seen += 1;
        *seen
    };
    let named = names.into_iter().zip(&witness.objects).map(|(name, object)| match name {
        Some(name) if counts[&name] == 1 => name,
        Some(name) => format!("{name}#{}", number(&name)),
        // It is its task's.
        None if object.kind == ObjectKind::Parker => String::new(),
        None => format!("{} {}", kind(object.kind), number(kind(object.kind))),
    });
    named.collect()
}

/// Whether all objects of a name are what one object is made of: of different kinds, and made at one place.
fn is_one(name: &str, names: &[Option<String>], witness: &Witness) -> bool {
    let parts = names.iter().zip(&witness.objects).filter(|(other, _)| other.as_deref() == Some(name));
    let mut kinds = BTreeSet::new();
    let mut places = BTreeSet::new();
    for (_, object) in parts {
        places.insert(object.made_at);
        if object.made_at.is_none() || !kinds.insert(object.kind) {
            return false;
        }
    }
    places.len() == 1
}

fn count_equal(names: &[Option<String>]) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    for name in names.iter().flatten() {
        *counts.entry(name.clone()).or_default() += 1;
    }
    counts
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::witness::sample::Sample;
    use ObjectKind::{Atomic, Condvar, Mutex};

    /// The names of objects, each made at and used at these places of a source.
    fn names(source: &'static str, objects: &[(ObjectKind, Option<&str>, &[&str])]) -> String {
        let mut sample = Sample::new(source);
        for (object, (kind, made_at, uses)) in objects.iter().enumerate() {
            sample.object(*kind, *made_at);
            for place in *uses {
                sample.done(0, "use", Some(object), place);
            }
        }
        sample.names().objects.join(", ")
    }

    #[test]
    fn an_object_is_called_what_it_is_used_as() {
        let uses: &[_] = &["load("];
        assert_eq!(names("shared.total.load(x)", &[(Atomic, None, uses)]), "total");
        assert_eq!(names("a[j].load(x)", &[(Atomic, None, uses)]), "a[j]");
        assert_eq!(names("forks[(left + 1) % n].load(x)", &[(Atomic, None, uses)]), "forks[..]");
        assert_eq!(names("super::TOTAL.load(x)", &[(Atomic, None, uses)]), "TOTAL");
    }

    #[test]
    fn or_else_what_it_was_bound_to() {
        let made = Some("Mutex::new");
        assert_eq!(names("let total = Arc::new(Mutex::new(0));", &[(Mutex, made, &[])]), "total");
        assert_eq!(names("f(a, b); let mut total: T = Mutex::new(0);", &[(Mutex, made, &[])]), "total");
        assert_eq!(names("Shared { a: 1, total: Mutex::new(0) }", &[(Mutex, made, &[])]), "total");
        assert_eq!(names("static TOTAL: T = g(|| Mutex::new(0));", &[(Mutex, made, &[])]), "TOTAL");
        assert_eq!(names("let (tx, rx) = Mutex::new(0);", &[(Mutex, made, &[])]), "tx/rx");
        assert_eq!(names("let (a, b) = (f(0, 1), Mutex::new(0));", &[(Mutex, made, &[])]), "b");
        assert_eq!(names("let (a, b) = (Mutex::new(0), 1);", &[(Mutex, made, &[])]), "a");
        assert_eq!(names("let pair = Arc::new((f(0, 1), Mutex::new(0)));", &[(Mutex, made, &[])]), "pair.1");
        assert_eq!(names("let pair = Arc::new(Pair(Mutex::new(0), 1));", &[(Mutex, made, &[])]), "pair.0");
        assert_eq!(names("let t = (0..n).map(|_| Mutex::new(()))", &[(Mutex, made, &[])]), "t");
    }

    #[test]
    fn or_else_by_its_kind() {
        let objects: &[(_, _, &[_])] = &[(Mutex, None, &[]), (Condvar, None, &[]), (Mutex, None, &[])];
        assert_eq!(names("", objects), "mutex 1, condvar 1, mutex 2");
        assert_eq!(names("self.load(x)", &[(Atomic, None, &["load("])]), "atomic 1");
        assert_eq!(names("self.0.load(x)", &[(Atomic, None, &["load("])]), "atomic 1");
        assert_eq!(names("Foo(Mutex::new(0))", &[(Mutex, Some("Mutex::new"), &[])]), "mutex 1");
    }

    #[test]
    fn where_uses_disagree_the_binding_decides() {
        let source = "let a = Mutex::new(0); let b = Mutex::new(1); first.lock(); second.lock()";
        let uses: &[_] = &["lock(); s", "lock()"];
        let objects: &[(_, _, &[_])] =
            &[(Mutex, Some("Mutex::new(0)"), uses), (Mutex, Some("Mutex::new(1)"), uses)];
        assert_eq!(names(source, objects), "a, b");
    }

    #[test]
    fn equal_names_are_numbered() {
        let uses: &[_] = &["lock("];
        let objects: &[(_, _, &[_])] = &[(Mutex, None, uses), (Mutex, None, uses)];
        assert_eq!(names("fork.lock()", objects), "fork#1, fork#2");
        assert_eq!(names("forks[left].lock()", objects), "forks#1, forks#2");
    }

    #[test]
    fn a_condition_does_not_name_the_mutex_that_it_gives_back() {
        let objects: &[(_, _, &[_])] = &[(Condvar, None, &["wait("]), (Mutex, None, &["wait("])];
        assert_eq!(names("self.ready.wait(guard)", objects), "ready, mutex 1");
    }
}
