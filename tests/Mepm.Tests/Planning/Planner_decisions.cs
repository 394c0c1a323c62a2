using Mano.Mepm.Instances;
using Mano.Mepm.Instances.Planning;
using Mano.Mepm.Platforms;
using Mano.Mesh.Failures;
using Mano.VimAdapters.Contract;

namespace Mano.Mepm.Tests.Planning;

/// <summary>Single decisions, each from one thing seen.</summary>
public sealed class Planner_decisions
{
    private static readonly DateTimeOffset Now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(RestartPolicy.Always, 4, null)]
    [InlineData(RestartPolicy.Always, 5, "APP_CRASH_LOOP")]
    [InlineData(RestartPolicy.Never, 0, "APP_ENDED")]
    public void An_application_that_keeps_ending_is_left_to_the_VIM_until_it_is_hopeless(RestartPolicy policy, int restarts, string? reason)
    {
        var failed = Compute(ComputeState.Failed, policy) with { RestartCount = restarts, StartedAt = Now, ExitCode = 1 };

        var plan = Planner.For(Intent(), Seen(failed, null));

        Assert.Equal(reason, plan.Stalled?.Reason);
    }

    [Fact]
    public void An_application_that_served_once_is_never_called_hopeless()
    {
        var failed = Compute(ComputeState.Failed) with { RestartCount = 50, StartedAt = Now };

        Assert.Null(Planner.For(Intent() with { WasSteady = true }, Seen(failed, null)).Stalled);
    }

    [Fact]
    public void A_compute_that_never_started_fails_with_the_VIMs_own_words()
    {
        var plan = Planner.For(Intent(), Seen(Compute(ComputeState.Failed) with { Reason = "exec format error" }, null));

        Assert.Equal("COMPUTE_NOT_STARTABLE", plan.Stalled!.Reason);
        Assert.Contains("exec format error", plan.Stalled.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Nothing_is_made_while_the_VIM_cannot_be_seen()
    {
        var seen = Seen(null, null) with { Compute = Sight<Compute>.Hidden(Failure.Unavailable("VIM_UNREACHABLE", "no route")) };

        var plan = Planner.For(Intent(), seen);

        Assert.Equal([typeof(InstanceAction.ConfigurePlatform)], plan.Actions.Select(a => a.GetType()));
        Assert.Contains("no route", plan.Waiting[0], StringComparison.Ordinal);
    }

    [Fact]
    public void A_lost_compute_asks_for_a_grant_before_anything_else()
    {
        var plan = Planner.For(Intent() with { WasSteady = true }, Seen(null, App(PlatformPhase.Configured)));

        Assert.IsType<InstanceAction.RequestHealGrant>(plan.Actions[0]);
        Assert.IsType<InstanceAction.EnsureCompute>(plan.Actions[2]);
    }

    [Fact]
    public void Termination_sends_its_delete_also_where_nothing_is_seen()
    {
        var plan = Planner.For(Intent() with { Absent = true }, Seen(null, null));

        Assert.Equal(OperationNumbers.Of(7, 0), Assert.IsType<InstanceAction.DeleteCompute>(Assert.Single(plan.Actions)).Operation);
    }

    [Fact]
    public void A_compute_that_carries_a_greater_number_is_deleted_under_that_number()
    {
        var newer = Compute(ComputeState.Running) with { OperationNumber = OperationNumbers.Of(9, 0) };

        var plan = Planner.For(Intent() with { Absent = true }, Seen(newer, null));

        Assert.Equal(newer.OperationNumber, Assert.IsType<InstanceAction.DeleteCompute>(Assert.Single(plan.Actions)).Operation);
    }

    [Fact]
    public void Numbers_grow_with_the_generation_and_with_each_replacement()
    {
        var number = OperationNumbers.Of(7, 3);

        Assert.True(number + 1 < OperationNumbers.Of(7, 4));
        Assert.True(OperationNumbers.Of(7, OperationNumbers.MaxReplacements) + 1 < OperationNumbers.Of(8, 0));
        Assert.Equal(7, OperationNumbers.GenerationOf(number + 1));
        Assert.True(OperationNumbers.Of(OperationNumbers.MaxGeneration, OperationNumbers.MaxReplacements) > 0);
    }

    [Fact]
    public void Wiring_of_the_site_replaces_no_compute()
    {
        var have = Compute(ComputeState.Running).Spec;

        Assert.True(ComputeSpecs.Same(have, have with { Environment = new Dictionary<string, string> { ["MANO_MP1_URL"] = "http://elsewhere" } }));
        Assert.False(ComputeSpecs.Same(have, have with { Environment = new Dictionary<string, string> { ["COLOUR"] = "red" } }));
    }

    private static Intent Intent() => new()
    {
        AppInstanceId = "a", Generation = 7, Power = DesiredPower.Started, Spec = Compute(ComputeState.Running).Spec,
    };

    private static Observed Seen(Compute? compute, PlatformApplication? app) =>
        new() { Compute = Sight<Compute>.Of(compute), Platform = Sight<PlatformApplication>.Of(app) };

    private static PlatformApplication App(PlatformPhase phase) => new() { AppInstanceId = "a", Generation = 7, Phase = phase };

    private static Compute Compute(ComputeState state, RestartPolicy policy = RestartPolicy.Always) => new()
    {
        ComputeId = "a", OperationNumber = OperationNumbers.Of(7, 0), State = state, Reason = "because", CreatedAt = Now,
        Spec = new() { Name = "app", Images = [ImageSource.FromName("nginx:1.25").Image], Resources = new(1, 2, 3), Labels = new("default", "a"), RestartPolicy = policy },
    };
}
