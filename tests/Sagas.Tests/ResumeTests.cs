using Mano.Mesh.Failures;
using Mano.Mesh.State;
using Mano.Mesh.State.InMemory;
using Mano.Testing;

namespace Mano.Sagas.Tests;

public sealed class ResumeTests
{
    [Fact]
    public async Task A_restart_runs_the_started_step_again_and_no_finished_one()
    {
        await using var lab = await Lab.Started();
        var inside = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lab.Hooks["EnsureCompute"] = (_, cancel) =>
        {
            inside.TrySetResult();
            return Task.Delay(Timeout.InfiniteTimeSpan, lab.Clock, cancel);
        };
        await lab.Accept("op1");
        await inside.Task.Soon();
        Assert.Equal(StepState.Started, (await lab.Record("op1")).Step("compute").State);
        lab.Hooks.Clear();
        await lab.Restart();
        Assert.Equal(OperationState.Completed, (await lab.Ended("op1")).State);
        Assert.Equal(["EnsureGrant", "HoldCapacity", "EnsureCompute", "ApplyRules"], lab.World.Calls);
    }

    [Fact]
    public async Task An_operation_that_ended_while_its_acceptance_was_still_being_answered_does_not_begin_once_more()
    {
        await using var lab = await Lab.Started(clock => new CountingStore(new MemoryStateStore(clock)));
        var store = (CountingStore)lab.Store;
        var acceptance = store.Commits + 1;
        store.Hold = number => number == acceptance ? lab.Ended("op1") : Task.CompletedTask;
        await lab.Accept("op1");
        await Eventually.Is(() => lab.Engine.InFlight == 0);
        Assert.Equal(["EnsureGrant", "HoldCapacity", "EnsureCompute", "ApplyRules"], lab.World.Calls);
    }

    [Fact]
    public async Task An_operation_of_an_unknown_table_is_left_for_the_release_that_knows_it_with_an_alarm()
    {
        await using var lab = await Lab.Started();
        lab.ExpectError(8008);
        lab.Hooks["EnsureCompute"] = (_, cancel) => Task.Delay(Timeout.InfiniteTimeSpan, lab.Clock, cancel);
        await lab.Accept("op1");
        await Eventually.Is(() => lab.World.Capacity.Count == 1);
        await lab.Engine.DisposeAsync();
        await using (var other = lab.NewEngine(tables: OperationTable.Of<HookedStop, StartApp>(new(lab.World, lab.Hooks))))
        {
            await other.Start();
            await Eventually.Is(() => lab.Logs.Lines.Any(line => line.EventId == 8008));
            Assert.Equal(OperationState.Running, (await lab.Record("op1")).State);
        }

        lab.Hooks.Clear();
        await lab.Restart();
        Assert.Equal(OperationState.Completed, (await lab.Ended("op1")).State);
    }

    [Fact]
    public async Task Another_replica_takes_over_when_the_lease_ends_and_the_first_ones_late_commit_is_refused()
    {
        var options = new SagaOptions { Owner = "meo-a", Shards = 2, LeaseTime = TimeSpan.FromSeconds(15) };
        await using var lab = new Lab(options: options);
        var firstProcess = new StallingStore(lab.Store);
        await using var first = lab.NewEngine(firstProcess);
        var late = new TaskCompletionSource();
        var runs = 0;
        lab.Hooks["EnsureCompute"] = (_, _) => Interlocked.Increment(ref runs) == 1 ? late.Task : Task.CompletedTask;
        await first.Start();
        await first.Accept<HookedStart, StartApp>(Lab.New("op1", TimeSpan.FromDays(1))); // much time passes until the second one has it
        await Eventually.Is(() => runs == 1);
        firstProcess.Renewals = false;

        await using var second = lab.NewEngine(options: options with { Owner = "meo-b" });
        await second.Start();
        await Eventually.Is(async () =>
        {
            lab.Clock.AdvanceToNextTimer(TimeSpan.FromSeconds(6));
            return (await lab.Record("op1")).State == OperationState.Completed;
        });
        var ended = (await lab.Engine.Operations.Find(Lab.Tenant, "op1"))!;
        late.SetResult();
        await Eventually.Is(() => first.InFlight == 0);
        Assert.Equal(ended.Version, (await lab.Engine.Operations.Find(Lab.Tenant, "op1"))!.Version);
        Assert.Contains(lab.Logs.Lines, line => line.EventId == 8009);
    }

    [Fact]
    public async Task An_operation_accepted_by_a_replica_without_the_shard_is_run_by_the_one_that_has_it()
    {
        await using var lab = await Lab.Started();
        await using var other = lab.NewEngine(options: lab.Options with { Owner = "meo-b" });
        await other.Start();
        await other.Accept<HookedStart, StartApp>(Lab.New("op1"));
        Assert.Equal(OperationState.Completed, (await lab.Ended("op1")).State);
        Assert.Equal(0, other.InFlight);
        await other.Accept<HookedStart, StartApp>(Lab.New("op2") with { Subject = "app-instance/a2", Timeout = TimeSpan.FromHours(1) });
        await other.Cancel(Lab.Tenant, "op2", "x");
        await lab.Ended("op2");
    }

    [Fact]
    public async Task Five_thousand_operations_wait_at_once_without_a_thread_each_and_then_all_end()
    {
        await using var lab = await Lab.Started();
        var release = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lab.Hooks["EnsureCompute"] = (_, cancel) => release.Task.WaitAsync(cancel);
        for (var i = 0; i < 5000; i++)
        {
            await lab.Engine.Accept<HookedStart, StartApp>(Lab.New($"op{i}") with { Subject = $"app-instance/{i}", Input = new($"{i}", "north") });
        }

        await Eventually.Is(() => lab.World.Capacity.Count == 5000);
        Assert.Equal(5000, lab.Engine.InFlight);
        Assert.InRange(ThreadPool.ThreadCount, 1, 200);
        release.SetResult();
        await Eventually.Is(() => lab.Engine.InFlight == 0);
        Assert.Equal(5000, lab.World.Rules.Count);
    }

    private sealed class StallingStore(IStateStore inner) : IStateStore
    {
        public bool Renewals { get; set; } = true;

        public ValueTask<Entry?> Get(string key, CancellationToken cancel = default) => inner.Get(key, cancel);

        public ValueTask<Page> Scan(string prefix, string? after = null, int limit = 1000, CancellationToken cancel = default) =>
            inner.Scan(prefix, after, limit, cancel);

        public ValueTask<CommitResult> Commit(Batch batch, CancellationToken cancel = default) => inner.Commit(batch, cancel);

        public IAsyncEnumerable<Change> Watch(string prefix, long sinceRevision, CancellationToken cancel = default) =>
            inner.Watch(prefix, sinceRevision, cancel);

        public ValueTask<long> CurrentRevision(CancellationToken cancel = default) => inner.CurrentRevision(cancel);

        public ValueTask<Outcome<ShardLease>> AcquireShard(string shard, string owner, TimeSpan ttl, CancellationToken cancel = default) =>
            inner.AcquireShard(shard, owner, ttl, cancel);

        public ValueTask<Outcome<ShardLease>> RenewShard(ShardLease lease, TimeSpan ttl, CancellationToken cancel = default) =>
            Renewals ? inner.RenewShard(lease, ttl, cancel) : throw Failure.Unavailable("STORE_UNAVAILABLE", "Cut off.").ToException();

        public ValueTask ReleaseShard(ShardLease lease, CancellationToken cancel = default) => inner.ReleaseShard(lease, cancel);

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
