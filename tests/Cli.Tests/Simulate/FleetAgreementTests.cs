using Mano.Cli.Simulate;
using Mano.Lifecycle.V1;
using Mano.Mepm.Simulation;

namespace Mano.Cli.Tests.Simulate;

public sealed class FleetAgreementTests
{
    private static readonly SiteHolding Whole = new("a", "h1", IsDesired: true, IsSteady: true, HasCompute: true, IsRunning: true, IsServed: true, IsKnownToPlatform: true);

    [Fact]
    public void An_instance_that_its_host_has_whole_agrees_and_so_does_one_that_is_nowhere() =>
        Assert.Empty(Differences([Up("a", "h1"), Down("b")], [Whole]));

    [Fact]
    public void An_instance_that_its_host_does_not_have_differs() =>
        Assert.Contains("that host has nothing of it", Assert.Single(Differences([Up("a", "h1")], [])), StringComparison.Ordinal);

    [Fact]
    public void A_compute_that_does_not_run_differs() =>
        Assert.Contains("compute not running", Assert.Single(Differences([Up("a", "h1")], [Whole with { IsRunning = false }])), StringComparison.Ordinal);

    [Fact]
    public void A_second_copy_on_another_host_differs() =>
        Assert.Contains("h2", Assert.Single(Differences([Up("a", "h1")], [Whole, Whole with { HostId = "h2" }])), StringComparison.Ordinal);

    [Fact]
    public void What_is_left_of_a_terminated_instance_differs() =>
        Assert.Contains("NOT_INSTANTIATED", Assert.Single(Differences([Down("a")], [Whole with { IsDesired = false }])), StringComparison.Ordinal);

    [Fact]
    public void A_compute_without_a_record_is_an_orphan() =>
        Assert.Contains("no record of it", Assert.Single(Differences([], [Whole])), StringComparison.Ordinal);

    [Fact]
    public void An_operation_that_has_not_ended_differs() =>
        Assert.Contains("has not ended", Assert.Single(Differences([new() { AppInstanceId = "a", RunningOperationId = "o" }], [Whole])), StringComparison.Ordinal);

    [Fact]
    public void Capacity_that_is_promised_to_nobody_differs()
    {
        var promised = new Dictionary<string, long> { ["h1"] = 1_000, ["h2"] = 1_000 };
        Assert.StartsWith("h2: 1000", Assert.Single(FleetAgreement.Between(promised, [Up("a", "h1"), Down("b")])), StringComparison.Ordinal);
    }

    private static List<string> Differences(AppInstance[] records, SiteHolding[] holdings) =>
        [.. FleetAgreement.Between(records.ToDictionary(r => r.AppInstanceId), holdings)];

    private static AppInstance Up(string id, string host) => new()
    {
        AppInstanceId = id, InstantiationState = AppInstance.Types.InstantiationState.Instantiated, Location = new() { HostId = host },
    };

    private static AppInstance Down(string id) => new() { AppInstanceId = id, InstantiationState = AppInstance.Types.InstantiationState.NotInstantiated };
}
