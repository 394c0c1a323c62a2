using Mano.Chaos.Truth;

namespace Mano.Mesh.Tests.Chaos;

/// <summary>The comparison of what is seen in several places: each way in which one can be wrong is found.</summary>
public sealed class TruthTests
{
    private static readonly SeenInstance Running = new("i-1", "STARTED", "h", 3, null);
    private static readonly SeenInstance Stopped = new("i-2", "STOPPED", "h", 4, null);
    private static readonly SeenInstance Idle = new("i-3", "NOT_INSTANTIATED", "", 5, null);

    private static readonly SeenSite Site = new("s", "h")
    {
        Healthy = true,
        HeldMilliCpu = 4000,
        TotalMilliCpu = 8000,
        Mepm = new Dictionary<string, string> { ["i-1"] = "Steady", ["i-2"] = "Steady" },
        Platform = new Dictionary<string, string> { ["i-1"] = "active", ["i-2"] = "inactive" },
        Computes = new Dictionary<string, SeenCompute> { ["i-1"] = new("i-1", "Started", 2000), ["i-2"] = new("i-2", "Stopped", 2000) },
        Named = new HashSet<int> { 3 },
        Steered = new HashSet<int> { 3 },
    };

    private static readonly Observation Truth = new()
    {
        InstancesByReplica = [[Running, Stopped, Idle], [Running, Stopped, Idle]],
        Sites = [Site],
        Grants = [new("i-1", "h"), new("i-2", "h")],
        Unfinished = [],
    };

    [Fact]
    public void Nothing_is_found_where_all_tell_the_same() => Assert.Empty(TruthCheck.Find(Truth));

    [Fact]
    public void What_could_not_be_seen_is_found() => Finds("UNSEEN", Truth with { Unseen = ["the DNS of s"] });

    [Fact]
    public void An_operation_that_has_not_ended_is_found() => Finds("UNFINISHED", Truth with { Unfinished = ["op-1"] });

    [Fact]
    public void A_debt_that_is_left_is_found() => Finds("DEBT", Truth with { Debts = ["i-1 at s"] });

    [Fact]
    public void A_finding_that_is_open_is_found() => Finds("FINDING", Truth with { Findings = ["ORPHAN i-1 at s"] });

    [Fact]
    public void A_replica_that_tells_something_else_is_found() =>
        Finds("REPLICAS_DIFFER", Truth with { InstancesByReplica = [[Running, Stopped, Idle], [Running, Idle]] });

    [Fact]
    public void A_record_that_names_an_operation_is_found() => Finds(
        "STILL_RUNNING", Truth with { InstancesByReplica = [[Running with { Running = "op-1" }, Stopped, Idle]] });

    [Fact]
    public void A_grant_without_an_instance_and_an_instance_without_a_grant_are_found() =>
        Finds("GRANTS_EXTRA GRANTS_MISSING", Truth with { Grants = [new("i-1", "h"), new("i-9", "h")] });

    [Fact]
    public void Capacity_that_is_not_the_sum_of_the_instances_is_found()
    {
        Finds("HELD", With(Site with { HeldMilliCpu = 6000 }));
        Finds("HELD", With(Site with { HeldMilliCpu = 2000 }));
    }

    [Fact]
    public void A_host_that_does_not_come_back_is_found() => Finds("UNHEALTHY", With(Site with { Healthy = false }));

    [Fact]
    public void A_compute_without_an_instance_is_found() => Finds("VIM_EXTRA", With(Site with
    {
        Computes = new Dictionary<string, SeenCompute>(Site.Computes) { ["i-9"] = new("i-9", "Started", 2000) },
    }));

    [Fact]
    public void An_instance_without_a_compute_is_found() => Finds("VIM_MISSING", With(Site with
    {
        Computes = Site.Computes.Where(c => c.Key != "i-2").ToDictionary(),
    }));

    [Fact]
    public void A_compute_that_runs_though_it_was_stopped_is_found() => Finds("POWER", With(Site with
    {
        Computes = new Dictionary<string, SeenCompute>(Site.Computes) { ["i-2"] = new("i-2", "Started", 2000) },
    }));

    [Fact]
    public void A_record_of_the_MEPM_without_an_instance_is_found() =>
        Finds("MEPM_EXTRA", With(Site with { Mepm = new Dictionary<string, string>(Site.Mepm) { ["i-3"] = "Terminating" } }));

    [Fact]
    public void An_instance_that_the_MEPM_calls_failed_is_found() =>
        Finds("PHASE", With(Site with { Mepm = new Dictionary<string, string>(Site.Mepm) { ["i-1"] = "Failed" } }));

    [Fact]
    public void Rules_of_a_stopped_instance_that_act_are_found() =>
        Finds("RULES", With(Site with { Platform = new Dictionary<string, string>(Site.Platform) { ["i-2"] = "active" } }));

    [Fact]
    public void An_application_that_the_platform_kept_is_found() =>
        Finds("PLATFORM_EXTRA", With(Site with { Platform = new Dictionary<string, string>(Site.Platform) { ["i-9"] = "inactive" } }));

    [Fact]
    public void A_name_without_a_running_instance_and_a_running_instance_without_a_name_are_found()
    {
        Finds("DNS_EXTRA", With(Site with { Named = new HashSet<int> { 3, 4 } }));
        Finds("DNS_MISSING", With(Site with { Named = new HashSet<int>() }));
    }

    [Fact]
    public void Traffic_that_is_steered_without_a_running_instance_and_one_without_its_traffic_are_found()
    {
        Finds("GATEWAY_EXTRA", With(Site with { Steered = new HashSet<int> { 3, 5 } }));
        Finds("GATEWAY_MISSING", With(Site with { Steered = new HashSet<int>() }));
    }

    private static Observation With(SeenSite site) => Truth with { Sites = [site] };

    private static void Finds(string kinds, Observation seen) =>
        Assert.Equal(kinds, string.Join(' ', TruthCheck.Find(seen).Select(v => v.Kind).Distinct().Order(StringComparer.Ordinal)));
}
