using System.Text;
using Mano.Mesh.Failures;
using Mano.Mesh.State;
using Mano.Testing;

namespace Mano.Sagas.Tests;

public sealed class AcceptanceTests
{
    private static IdempotencyKey Key(string key, string request) => IdempotencyKey.Of(Lab.Tenant, key, "Start", Encoding.UTF8.GetBytes(request)).Value;

    [Fact]
    public async Task Acceptance_the_callers_keys_and_the_idempotency_key_are_one_commit()
    {
        await using var lab = await Lab.Started();
        lab.Hooks["EnsureGrant"] = (_, cancel) => Task.Delay(Timeout.InfiniteTimeSpan, lab.Clock, cancel);
        var accepted = (await lab.Engine.Accept<HookedStart, StartApp>(Lab.New("op1") with
        {
            Together = new Batch().Put("capacity/host1", "4"u8.ToArray(), Batch.MustNotExist),
            Idempotency = Key("k1", "request"),
        })).Value;
        Assert.False(accepted.IsRepeat);
        Assert.Equal(StepState.Started, accepted.Operation.Value.Steps[0].State);
        var written = (await lab.Store.Scan("")).Entries.Where(e => e.Version == accepted.Operation.Version).Select(e => e.Key.Split('/')[0]).Order(StringComparer.Ordinal);
        Assert.Equal(["capacity", "idempotency", "operation", "operation-open", "operation-subject"], written);
    }

    [Fact]
    public async Task A_conflict_on_the_callers_keys_refuses_the_operation_and_leaves_nothing()
    {
        await using var lab = await Lab.Started();
        var version = (await lab.Store.Commit(new Batch().Put("capacity/host1", "4"u8.ToArray()))).Revision;
        await lab.Store.Commit(new Batch().Put("capacity/host1", "3"u8.ToArray()));
        var refused = (await lab.Engine.Accept<HookedStart, StartApp>(Lab.New("op1") with
        {
            Together = new Batch().Put("capacity/host1", "2"u8.ToArray(), version),
        })).Failure!;
        Assert.Equal((StateFailures.VersionConflict, "capacity/host1"), (refused.Reason, refused.Subject));
        Assert.Null(await lab.Engine.Operations.Find(Lab.Tenant, "op1"));
        Assert.Empty(lab.World.Calls);
    }

    [Fact]
    public async Task The_same_idempotency_key_and_request_give_the_same_operation_also_after_it_ended()
    {
        await using var lab = await Lab.Started();
        var first = (await lab.Engine.Accept<HookedStart, StartApp>(Lab.New("op1") with { Idempotency = Key("k1", "r") })).Value;
        await lab.Ended("op1");
        var again = (await lab.Engine.Accept<HookedStart, StartApp>(Lab.New("op2") with { Idempotency = Key("k1", "r") })).Value;
        Assert.Equal((true, "op1", OperationState.Completed), (again.IsRepeat, again.Operation.Value.Id, again.Operation.Value.State));
        Assert.False(first.IsRepeat);
        Assert.Single(lab.World.Calls, "EnsureCompute");
    }

    [Fact]
    public async Task The_same_idempotency_key_with_another_request_is_refused()
    {
        await using var lab = await Lab.Started();
        await lab.Engine.Accept<HookedStart, StartApp>(Lab.New("op1") with { Idempotency = Key("k1", "r") });
        var refused = (await lab.Engine.Accept<HookedStart, StartApp>(Lab.New("op2") with { Idempotency = Key("k1", "other") })).Failure!;
        Assert.Equal((FailureKind.AlreadyExists, "IDEMPOTENCY_KEY_REUSED", "op1"), (refused.Kind, refused.Reason, refused.Subject));
    }

    [Theory]
    [InlineData("")]
    [InlineData("ü")]
    public void An_idempotency_key_that_is_empty_or_not_printable_ASCII_is_refused(string key) =>
        Assert.Equal(FailureKind.InvalidInput, IdempotencyKey.Of("default", key, "m", []).Failure!.Kind);

    [Fact]
    public async Task A_second_operation_on_the_subject_is_refused_with_the_running_ones_id()
    {
        await using var lab = await Lab.Started();
        lab.Hooks["EnsureCompute"] = (_, cancel) => Task.Delay(Timeout.InfiniteTimeSpan, lab.Clock, cancel);
        await lab.Accept("op1");
        var refused = (await lab.Accept("op2")).Failure!;
        Assert.Equal((FailureKind.Conflict, "OPERATION_RUNNING", "op1"), (refused.Kind, refused.Reason, refused.Subject));
        Assert.Equal("op1", await lab.Engine.Operations.RunningOn(Lab.Tenant, Lab.Subject));
    }

    [Fact]
    public async Task Of_many_at_once_on_one_subject_exactly_one_is_accepted_and_of_many_with_one_key_all_get_it()
    {
        await using var lab = await Lab.Started();
        lab.Hooks["EnsureGrant"] = (_, cancel) => Task.Delay(Timeout.InfiniteTimeSpan, lab.Clock, cancel);
        var different = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => Task.Run(() => lab.Accept($"op{i}"))));
        var winner = Assert.Single(different, outcome => !outcome.IsRefused).Value.Operation.Value.Id;
        Assert.All(different.Where(outcome => outcome.IsRefused), outcome => Assert.Equal(winner, outcome.Failure!.Subject));

        var same = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => Task.Run(() => lab.Engine.Accept<HookedStart, StartApp>(
            Lab.New($"again{i}") with { Subject = "app-instance/a2", Idempotency = Key("k", "r") }))));
        Assert.Single(same.Select(outcome => outcome.Value.Operation.Value.Id).Distinct());
        Assert.Single(same, outcome => !outcome.Value.IsRepeat);
    }

    private static PreparedOperation Prepared(Lab lab, string id, string instance) => lab.Engine.Prepare<HookedStart, StartApp>(
        Lab.New(id) with { Subject = "app-instance/" + instance, Input = new(instance, "north"), Together = new Batch().Put("capacity/" + instance, "1"u8.ToArray(), Batch.MustNotExist) });

    [Fact]
    public async Task Several_are_accepted_in_one_commit_and_run_each_by_itself()
    {
        await using var lab = await Lab.Started();
        var accepted = (await lab.Engine.AcceptAll([Prepared(lab, "op1", "a1"), Prepared(lab, "op2", "a2"), Prepared(lab, "op3", "a3")])).Value;
        Assert.Equal(["op1", "op2", "op3"], accepted.Select(o => o.Value.Id));
        Assert.Single(accepted.Select(o => o.Version).Distinct());
        foreach (var id in new[] { "op1", "op2", "op3" })
        {
            Assert.Equal(OperationState.Completed, (await lab.Ended(id)).State);
        }
    }

    [Fact]
    public async Task Of_several_none_is_accepted_when_one_subject_is_busy_or_one_key_of_the_caller_is_taken()
    {
        await using var lab = await Lab.Started();
        lab.Hooks["EnsureCompute"] = (_, cancel) => Task.Delay(Timeout.InfiniteTimeSpan, lab.Clock, cancel);
        await lab.Engine.Accept<HookedStart, StartApp>(Lab.New("busy") with { Subject = "app-instance/a2" });
        var refused = (await lab.Engine.AcceptAll([Prepared(lab, "op1", "a1"), Prepared(lab, "op2", "a2")])).Failure!;
        Assert.Equal((FailureKind.Conflict, "OPERATION_RUNNING", "busy"), (refused.Kind, refused.Reason, refused.Subject));

        await lab.Store.Commit(new Batch().Put("capacity/a3", "1"u8.ToArray()));
        refused = (await lab.Engine.AcceptAll([Prepared(lab, "op1", "a1"), Prepared(lab, "op3", "a3")])).Failure!;
        Assert.Equal((StateFailures.VersionConflict, "capacity/a3"), (refused.Reason, refused.Subject));

        refused = (await lab.Engine.AcceptAll([Prepared(lab, "op1", "a1"), Prepared(lab, "busy", "a4")])).Failure!;
        Assert.Equal("OPERATION_EXISTS", refused.Reason);
        Assert.Null(await lab.Engine.Operations.Find(Lab.Tenant, "op1"));
        Assert.Null(await lab.Store.Get("capacity/a1"));
        Assert.False((await lab.Engine.AcceptAll([Prepared(lab, "op1", "a1")])).IsRefused);
    }

    [Fact]
    public async Task An_ended_operation_leaves_its_record_and_frees_its_subject()
    {
        await using var lab = await Lab.Started();
        await lab.Accept("op1");
        var ended = await lab.Ended("op1");
        Assert.Equal(OperationState.Completed, ended.State);
        Assert.All(ended.Steps, step => Assert.Equal(StepState.Succeeded, step.State));
        Assert.Equal(new ComputeRef("a1", "127.1.2.3"), ended.Output(StartAppOperation.Booted));
        Assert.Equal(["operation/default/op1"], (await lab.Store.Scan("")).Entries.Select(e => e.Key));
        Assert.False((await lab.Accept("op2")).IsRefused);
    }

    [Fact]
    public async Task An_id_that_was_used_is_refused()
    {
        await using var lab = await Lab.Started();
        await lab.Accept("op1");
        await lab.Ended("op1");
        Assert.Equal("OPERATION_EXISTS", (await lab.Accept("op1")).Failure!.Reason);
    }

    [Fact]
    public async Task An_operation_with_n_effects_takes_n_plus_1_commits()
    {
        var counted = default(CountingStore);
        await using var lab = await Lab.Started(clock => counted = new(new Mesh.State.InMemory.MemoryStateStore(clock)));
        var before = counted!.Commits;
        await lab.Accept("op1");
        await lab.Ended("op1");
        Assert.Equal(5, counted.Commits - before);
    }
}
