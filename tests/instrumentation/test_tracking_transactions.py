"""What is rolled back is not said, what is committed is said once: a model against a reference."""

from tracked_models import run


def test_a_rollback_says_nothing_and_a_commit_says_it_then() -> None:
    """Nothing before the commit; savepoints, too; each database has its own transaction."""
    run("""
class Stop(Exception): pass
def stopped(work):
    try:
        work()
    except Stop:
        pass
@transaction.atomic
def undone():
    p = Protocol.objects.create(); p.status = "done"; p.save()
    raise Stop
stopped(undone)
assert created() == changes() == [] and Protocol.objects.count() == 0
with transaction.atomic():
    p = Protocol.objects.create()
    with transaction.atomic():
        p.status = "submitted"; p.save()
    @transaction.atomic
    def inner():
        p.status = "received"; p.save()
        raise Stop
    stopped(inner)
    p.status = "done"; p.save()
    assert created() == changes() == []
assert created() == [p.pk] and changes() == ["draft-submitted", "submitted-done"]
forget()
with transaction.atomic(using="other"):
    Protocol.objects.create()                    # in `default`, where no transaction is open
    assert len(created()) == 1
    far = Protocol.objects.using("other").create()
    far.status = "done"; far.save()
    assert len(created()) == 1 and changes() == []
assert len(created()) == 2 and changes() == ["draft-done"]
far.save(using="default")                        # another row of this key, or none
assert changes() == ["draft-done"] or changes() == ["draft-done", "draft-done"]
""")


def test_a_transaction_by_hand_says_it_at_once() -> None:
    """Where autocommit is off nobody tells when its transaction ends."""
    run("""
transaction.set_autocommit(False)
p = Protocol.objects.create(); p.status = "done"; p.save()
assert len(created()) == 1 and changes() == ["draft-done"]
transaction.rollback()
transaction.set_autocommit(True)
""")


def test_threads_have_their_own_transactions() -> None:
    """Four threads, each with commits and rollbacks of its own rows, in one database file."""
    run("""
import tempfile, threading
file = os.path.join(tempfile.mkdtemp(), "db")
settings.DATABASES["default"]["NAME"] = file
connections["default"].close()
connections["default"].settings_dict.update(NAME=file, OPTIONS={"timeout": 60})
with connections["default"].schema_editor() as editor:
    for model in (Owner, Protocol): editor.create_model(model)
rows = [Protocol.objects.create().pk for _ in range(4)]
def work(pk):
    try:
        for n in range(10):
            try:
                with transaction.atomic():
                    p = Protocol(pk=pk, status="done" if n % 2 else "received")
                    p.save(force_update=True)
                    if n % 3 == 2: raise ValueError
            except ValueError:
                pass
    finally:
        connections.close_all()
threads = [threading.Thread(target=work, args=(pk,)) for pk in rows]
for t in threads: t.start()
for t in threads: t.join()
# By hand: received, done, (received), done, received, (done), received, done, (received), done
wanted = ["draft-received", "received-done", "done-received", "received-done"]
for pk in rows:
    said = telemetry.all(ProtocolStatusChanged, protocol_id=pk)
    assert [f"{e.from_status}-{e.to_status}" for e in said] == wanted, said
""")


def test_any_sequence_says_exactly_what_was_committed() -> None:
    """Saves, updates, blocks and rollbacks in any order, against a dictionary of the rows."""
    run('''
from hypothesis import HealthCheck, given, settings as profile, strategies as st
class Stop(Exception): pass
STATES = [s.value for s in Status]
rows = st.integers(1, 3)
states = st.sampled_from(STATES)
step = st.deferred(lambda: st.one_of(
    st.tuples(st.just("save"), rows, states, st.sampled_from(["whole", "fields", "other", "F"])),
    st.tuples(st.just("block"), st.sets(rows), states),
    st.tuples(st.just("bulk"), st.sets(rows), states),
    st.tuples(st.just("delete"), rows),
    st.tuples(st.just("atomic"), st.lists(step, max_size=4), st.booleans()),
))

def act(kept, said, steps):
    """Do the steps, and keep by hand what they mean."""
    for what, *args in steps:
        if what == "atomic":
            inner, fails = args
            trial, told = dict(kept), []
            try:
                with transaction.atomic():
                    act(trial, told, inner)
                    if fails: raise Stop
            except Stop:
                continue
            kept.clear(); kept.update(trial); said += told
        elif what == "save":
            pk, state, how = args
            if how == "whole":
                Protocol(pk=pk, status=state).save()
            elif how == "F":
                if pk not in kept: continue
                p = Protocol.objects.get(pk=pk); p.note = state; p.save(update_fields=["note"])
                p.status = F("note"); p.save()
            else:
                if pk not in kept: continue
                p = Protocol.objects.defer("status").get(pk=pk)
                p.status = state
                p.save(update_fields=["status"] if how == "fields" else ["note"])
                if how == "other": continue
            if pk not in kept: said.append((pk, "created"))
            elif kept[pk] != state: said.append((pk, kept[pk], state))
            kept[pk] = state
        elif what == "delete":
            Protocol.objects.filter(pk=args[0]).delete()
            kept.pop(args[0], None)
        else:
            pks, state = args
            if what == "block":
                with labotel.tracked(Protocol.objects.filter(pk__in=pks)):
                    Protocol.objects.filter(pk__in=pks).update(status=state)
            else:
                found = [p for p in Protocol.objects.filter(pk__in=pks)]
                for p in found: p.status = state
                Protocol.objects.bulk_update(found, ["status"])
            for pk in sorted(pks & kept.keys()):
                if kept[pk] != state: said.append((pk, kept[pk], state))
                kept[pk] = state

@given(st.lists(step, max_size=12))
@profile(max_examples=150, deadline=None, database=None)
def check(steps):
    Protocol.objects.all().delete()
    telemetry.clear()
    kept, said = {}, []
    act(kept, said, steps)
    assert dict(Protocol.objects.values_list("pk", "status")) == kept
    heard = []
    for one in telemetry.history:
        e = one.event
        if isinstance(e, ProtocolCreated): heard.append((e.protocol_id, "created"))
        if isinstance(e, ProtocolStatusChanged):
            heard.append((e.protocol_id, str(e.from_status), str(e.to_status)))
    assert heard == said, (heard, said)
check()
''')
