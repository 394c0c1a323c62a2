using System.Collections.Immutable;
using System.Net;
using Mano.MecPlatform.Dns;
using Mano.MecPlatform.Dns.Backends;
using Mano.MecPlatform.Dns.PowerDns;
using Mano.Mesh.Failures;

namespace Mano.MecPlatform.Tests.Dns.Backends;

/// <summary>What is decided without a server.</summary>
public sealed class DnsPlanTests
{
    [Fact]
    public void Nothing_is_planned_where_there_is_what_shall_be_in_whatever_order()
    {
        var there = new Dictionary<string, ImmutableHashSet<RecordSet>> { ["a"] = [Set("x.example", "10.0.0.2", "10.0.0.1")], ["b"] = [] };
        Assert.Empty(DnsPlan.Between(new Dictionary<string, ImmutableHashSet<RecordSet>> { ["a"] = [Set("x.example", "10.0.0.1", "10.0.0.2")] }, there));
    }

    [Fact]
    public void What_leaves_is_planned_before_what_comes()
    {
        var intended = new Dictionary<string, ImmutableHashSet<RecordSet>> { ["a"] = [Set("x.example", "10.0.0.1")] };
        var there = new Dictionary<string, ImmutableHashSet<RecordSet>> { ["z"] = [Set("x.example", "10.0.0.9")] };
        Assert.Equal(["z", "a"], DnsPlan.Between(intended, there).Select(c => c.AppInstanceId));
    }

    [Fact]
    public void For_any_two_states_the_plan_leads_from_one_to_the_other_and_is_empty_then()
    {
        var random = new Random(16);
        for (var i = 0; i < 500; i++)
        {
            var (intended, there) = (State(random), State(random));
            var after = there.ToDictionary();
            foreach (var change in DnsPlan.Between(intended, there))
            {
                Assert.True(change.Before.SetEquals(after.GetValueOrDefault(change.AppInstanceId, [])));
                after[change.AppInstanceId] = change.After;
            }

            Assert.Empty(DnsPlan.Between(intended, after));
        }
    }

    [Theory]
    [InlineData("shop.edge.example", true, "edge.example", false, null)]
    [InlineData("a.made.example.org", true, "made.example.org", false, null)]
    [InlineData("shop.deep.edge.example", true, "deep.edge.example", false, "--dns-zone deep.edge.example")]
    [InlineData("new.missing.example", true, "missing.example", true, null)]
    [InlineData("new.missing.example", false, "missing.example", false, "--powerdns-create-zones")]
    [InlineData("alone.example", true, "alone.example", true, null)]
    [InlineData("alone.example", false, "alone.example", false, "--powerdns-create-zones")]
    [InlineData("notedge.example", false, "notedge.example", false, "no zone")]
    public void A_name_goes_into_the_nearest_zone_around_it_if_that_may_be_written(string name, bool mayCreate, string zone, bool mustBeMade, string? whyNot)
    {
        PowerDnsZone[] there = [new() { Name = "edge.example." }, new() { Name = "deep.edge.example.", Account = "somebody" }, new() { Name = "made.example.org.", Account = "mano:p" }];
        var zones = new PowerDnsZones(there, [RunningResponder.Name("edge.example"), RunningResponder.Name("missing.example")], "mano:p", mayCreate);
        var found = zones.For(RunningResponder.Name(name));
        Assert.Equal((zone, mustBeMade), (found.Zone.Text, found.MustBeMade));
        Assert.Equal(whyNot is null, found.WhyNot is null);
        Assert.Contains(whyNot ?? "", found.WhyNot ?? "", StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_missing_or_does_not_belong_together_is_said_before_anything_starts()
    {
        using var folder = new TempFolder();
        File.WriteAllText(folder.File("key"), "k");
        var powerdns = new DnsBackendOptions { Kind = DnsBackendKind.PowerDns, PowerDnsApi = new("http://127.0.0.1:8081"), PowerDnsKeyFile = folder.File("key") };
        var dnsmasq = new DnsBackendOptions { Kind = DnsBackendKind.Dnsmasq, DnsmasqHostsFolder = folder.FullPath };
        powerdns.Check(new(IPAddress.Loopback, 53), "edge-1", "platform");
        dnsmasq.Check(new(IPAddress.Loopback, 53), "edge-1", "platform");
        new DnsBackendOptions().Check(new(IPAddress.Loopback, 0), "platform", "platform");

        Refused("--platform-id", powerdns, "platform");
        Refused("--platform-id", powerdns, new string('x', 36));
        Refused("--dns ADDRESS:PORT", dnsmasq, port: 0);
        Refused("--powerdns-key-file", powerdns with { PowerDnsKeyFile = folder.File("none") });
        Refused("--powerdns-api", powerdns with { PowerDnsApi = null });
        Refused("--dnsmasq-hosts-dir", dnsmasq with { DnsmasqHostsFolder = "" });
        Refused("--dns-backend dnsmasq", powerdns with { DnsmasqPidFile = "pid" });
        Refused("--dns-backend powerdns", dnsmasq with { PowerDnsCreatesZones = true });
        Refused("--dns-backend powerdns", new() { PowerDnsApi = new("http://127.0.0.1:8081") });

        static void Refused(string named, DnsBackendOptions options, string platformId = "edge-1", int port = 53)
        {
            var refused = Assert.Throws<FailureException>(() => options.Check(new(IPAddress.Loopback, port), platformId, "platform"));
            Assert.Contains(named, refused.Failure.Message, StringComparison.Ordinal);
        }
    }

    private static RecordSet Set(string name, params string[] addresses) =>
        RecordSet.Of(RunningResponder.Name(name), DnsType.A, 30, addresses.Select(IPAddress.Parse));

    private static Dictionary<string, ImmutableHashSet<RecordSet>> State(Random random) => Enumerable.Range(0, 5)
        .Where(_ => random.Next(3) > 0)
        .ToDictionary(i => $"app-{i}", _ => Enumerable.Range(0, random.Next(4)).Select(i => Set($"n{i}.example", $"10.0.0.{random.Next(3)}")).ToImmutableHashSet());
}
