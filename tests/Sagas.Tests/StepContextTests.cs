using System.Text;
using Mano.Mesh.Failures;
using Mano.Mesh.State;
using Mano.Testing;

namespace Mano.Sagas.Tests;

public sealed class StepContextTests
{
    [Fact]
    public async Task What_a_step_reports_is_seen_by_watchers_and_gone_when_it_is_done()
    {
        await using var lab = await Lab.Started();
        var release = new TaskCompletionSource();
        lab.Hooks["EnsureCompute"] = (step, _) =>
        {
            step.Report("pulling the image", 10);
            step.Report("booting", 60);
            return release.Task;
        };
        await lab.Accept("op1");
        await Eventually.Is(async () =>
        {
            lab.Clock.AdvanceToNextTimer(TimeSpan.FromMilliseconds(60));
            return (await lab.Record("op1")).Step("compute") is { Note: "booting", Percent: 60 };
        });
        release.SetResult();
        Assert.Null((await lab.Ended("op1")).Step("compute").Note);
    }

    [Fact]
    public async Task A_watch_shows_the_state_as_it_is_then_every_change_and_ends_with_the_operation()
    {
        await using var lab = await Lab.Started();
        var release = new TaskCompletionSource();
        lab.Hooks["EnsureGrant"] = (_, _) => release.Task;
        await lab.Accept("op1");
        var states = new List<string>();
        await foreach (var seen in lab.Engine.Operations.Watch(Lab.Tenant, "op1"))
        {
            states.Add(string.Concat(seen.Value.Steps.Select(step => $"{step.State}"[0])) + " " + seen.Value.State);
            release.TrySetResult();
        }

        Assert.Equal(["SPPPP Running", "SSSPP Running", "SSSSP Running", "SSSSS Running", "SSSSS Completed"], states);
        var missing = await Assert.ThrowsAsync<FailureException>(() => lab.Engine.Operations.Ended(Lab.Tenant, "nope"));
        Assert.Equal(FailureKind.NotFound, missing.Failure.Kind);
    }

    [Fact]
    public async Task Keys_committed_together_change_in_the_commit_that_ends_the_step()
    {
        await using var lab = await Lab.Started();
        lab.Hooks["ApplyRules"] = (step, _) =>
        {
            step.CommitTogether(new Batch().Put("instance/a1", "\"INSTANTIATED\""u8.ToArray(), Batch.MustNotExist));
            return Task.CompletedTask;
        };
        await lab.Accept("op1");
        await lab.Ended("op1");
        Assert.Equal((await lab.Engine.Operations.Find(Lab.Tenant, "op1"))!.Version, (await lab.Store.Get("instance/a1"))!.Version);
    }

    [Fact]
    public async Task A_step_whose_keys_changed_meanwhile_is_run_again_and_commits_what_it_read_then()
    {
        await using var lab = await Lab.Started();
        await lab.Store.Commit(new Batch().Put("pool", "5"u8.ToArray()));
        var tries = 0;
        lab.Hooks["HoldCapacity"] = async (step, cancel) =>
        {
            var pool = (await lab.Store.Get("pool", cancel))!;
            if (tries++ == 0)
            {
                await lab.Store.Commit(new Batch().Put("pool", "9"u8.ToArray()), cancel);
            }

            var left = int.Parse(Encoding.UTF8.GetString(pool.Value.Span), null) - 1;
            step.CommitTogether(new Batch().Put("pool", Encoding.UTF8.GetBytes($"{left}"), pool.Version));
        };
        await lab.Accept("op1");
        await lab.Drive("op1", OperationState.Completed, TimeSpan.FromSeconds(1));
        Assert.Equal("8", Encoding.UTF8.GetString((await lab.Store.Get("pool"))!.Value.Span));
        Assert.Equal(2, tries);
    }

    [Fact]
    public async Task Keys_of_a_cancel_and_of_a_step_in_one_moment_are_both_kept()
    {
        await using var lab = await Lab.Started();
        lab.Hooks["HoldCapacity"] = async (step, _) =>
        {
            step.CommitTogether(new Batch().Put("held", "1"u8.ToArray()));
            await lab.Engine.Cancel(Lab.Tenant, "op1", "x", cancel: CancellationToken.None);
        };
        await lab.Accept("op1");
        Assert.Equal(OperationState.Cancelled, (await lab.Ended("op1")).State);
        Assert.NotNull(await lab.Store.Get("held"));
    }

    [Fact]
    public async Task Reading_the_output_of_a_step_that_has_none_yet_names_the_step_and_undoes_the_operation()
    {
        await using var lab = await Lab.Started();
        lab.Hooks["HoldCapacity"] = (step, _) => Task.FromResult(step.Output(StartAppOperation.Booted));
        await lab.Accept("op1");
        var ended = await lab.Ended("op1");
        Assert.Equal(OperationState.RolledBack, ended.State);
        Assert.Contains("Step 'compute' of operation test.start-app.v1 has no output: it is Pending", ended.Failure!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_operation_is_STARTING_until_its_grant_and_PROCESSING_after()
    {
        await using var lab = await Lab.Started();
        var (grant, compute) = (new TaskCompletionSource(), new TaskCompletionSource());
        lab.Hooks["EnsureGrant"] = (_, _) => grant.Task;
        lab.Hooks["EnsureCompute"] = (_, _) => compute.Task;
        Assert.Equal(MecOperationState.Starting, MecStates.Of((await lab.Accept("op1")).Value.Operation.Value));
        grant.SetResult();
        await Eventually.Is(async () => MecStates.Of(await lab.Record("op1")) == MecOperationState.Processing);
        compute.SetResult();
        Assert.Equal(MecOperationState.Completed, MecStates.Of(await lab.Ended("op1")));
    }

    [Fact]
    public async Task The_stored_record_is_JSON_that_an_operator_can_read()
    {
        await using var lab = await Lab.Started();
        await lab.Accept("op1");
        await lab.Ended("op1");
        var text = Encoding.UTF8.GetString((await lab.Store.Get(OperationKeys.Record(Lab.Tenant, "op1")))!.Value.Span);
        Assert.Contains("\"state\":\"Completed\"", text, StringComparison.Ordinal);
        Assert.Contains("\"input\":{\"appInstanceId\":\"a1\",\"zone\":\"north\"}", text, StringComparison.Ordinal);
        Assert.Contains("\"output\":{\"host\":\"host-of-north\"}", text, StringComparison.Ordinal);
    }
}
