using Mano.Mesh.Failures;
using Mano.VimAdapters.Contract;
using Mano.VimAdapters.Remote;
using Wire = Mano.Vim.V1;

namespace Mano.VimAdapters.Tests.Contract;

/// <summary>Nothing is lost between our records and their messages, and nothing about a specification is overlooked.</summary>
public sealed class WireTests
{
    private static readonly ComputeSpec Full = new()
    {
        Name = "n",
        Images = [new("sha256:" + new string('a', 64), ImageFormat.HelmChart, "chart")],
        Resources = new(1, 2, 3),
        Labels = new("t", "i"),
        Ports = [new("web", Transport.Udp, 53)],
        Environment = new Dictionary<string, string> { ["A"] = "b" },
        Command = ["run"],
        BootData = "boot",
        RestartPolicy = RestartPolicy.Always,
        Zone = "z",
        Address = "10.0.0.1",
        Volumes = [new("data", 1, "/data")],
        Networks = ["net-1", "net-2"],
        Groups = [new("g", AffinityRule.Apart)],
        ChartValues = "{\"a\":1}",
    };

    private static readonly ComputeSpec Bare = new() { Name = "", Images = [], Resources = default, Labels = new("", ""), RestartPolicy = RestartPolicy.Never };

    public static TheoryData<Type, Type> Enums => new()
    {
        { typeof(VimCapability), typeof(Wire.Capability) },
        { typeof(ImageFormat), typeof(Wire.ImageFormat) },
        { typeof(RestartPolicy), typeof(Wire.RestartPolicy) },
        { typeof(PowerState), typeof(Wire.PowerState) },
        { typeof(ComputeState), typeof(Wire.ComputeState) },
        { typeof(Transport), typeof(Wire.Transport) },
        { typeof(AffinityRule), typeof(Wire.AffinityRule) },
        { typeof(ComputeEventKind), typeof(Wire.WatchComputesResponse.Types.Kind) },
        { typeof(ConnectionResult), typeof(Wire.ConnectionCheck.Types.Result) },
    };

    public static TheoryData<string> Fields => [.. typeof(ComputeSpec).GetProperties().Select(p => p.Name)];

    [Theory]
    [MemberData(nameof(Enums))]
    public void Values_of_an_enum_are_those_of_the_proto(Type ours, Type wire)
    {
        Assert.Equal(Values(wire).Where(v => v.Value != 0), Values(ours));

        static IEnumerable<KeyValuePair<string, int>> Values(Type type) =>
            Enum.GetValues(type).Cast<object>().Select(v => KeyValuePair.Create(v.ToString()!, Convert.ToInt32(v, null))).OrderBy(v => v.Value);
    }

    [Fact]
    public void A_specification_comes_back_from_the_wire_as_it_was()
    {
        var wire = VimWire.ToWire(Full);
        Assert.Null(Full.DifferenceFrom(VimWire.FromWire(Wire.ComputeSpec.Parser.ParseFrom(Google.Protobuf.MessageExtensions.ToByteArray(wire)))));
        Assert.Equal(Wire.ComputeSpec.Descriptor.Fields.InDeclarationOrder().Count, typeof(ComputeSpec).GetProperties().Length);
    }

    [Theory]
    [MemberData(nameof(Fields))]
    public void Another_value_in_any_field_is_another_specification(string field)
    {
        var property = typeof(ComputeSpec).GetProperty(field)!;
        var other = Bare with { };
        property.SetValue(other, property.GetValue(Full));
        Assert.Equal(field, Bare.DifferenceFrom(other));
    }

    [Fact]
    public void A_network_an_event_and_a_check_come_back_from_the_wire_as_they_were()
    {
        var network = new VimNetwork("net", new("name", "10.0.0.0/24", new("t", "")), 7, "10.0.0.0/24");
        Assert.Equal(network, VimWire.FromWire(VimWire.ToWire(network)));
        var told = new VimEvent(DateTimeOffset.UnixEpoch, "Scheduled", "on node-1", true);
        Assert.Equal(told, VimWire.FromWire(VimWire.ToWire(told)));
        var check = ConnectionCheck.Failed("TLS", "expired", "renew it");
        Assert.Equal(check, VimWire.FromWire(VimWire.ToWire(check)));
    }

    [Fact]
    public void Every_fault_of_networks_groups_and_chart_values_is_named_and_no_value_is_shown()
    {
        var wrong = Full with
        {
            Images = [new("sha256:" + new string('a', 64), ImageFormat.Raw)],
            Networks = ["ok", "ok", "a/b"],
            Groups = [new("", AffinityRule.Apart), new("g", 0)],
            ChartValues = "password=hunter2",
        };
        var refusal = Assert.Throws<FailureException>(() => RequestRules.CheckSpec("c", wrong, new() { Adapter = "x", Claims = new HashSet<VimCapability>(), FenceRetention = TimeSpan.Zero }));
        Assert.Equal(["spec.networks[1]", "spec.networks[2]", "spec.groups[0].name", "spec.groups[1].rule", "spec.chart_values", "spec.chart_values"],
            refusal.Failure.Faults.Select(f => f.Path));
        Assert.DoesNotContain("hunter2", refusal.Failure.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("10.0.0.0/24", true)]
    [InlineData("", true)]
    [InlineData("fd00::/64", true)]
    [InlineData("10.0.0.1/24", false)]
    [InlineData("10.0.0.0", false)]
    [InlineData("net", false)]
    public void A_network_has_addresses_without_bits_beyond_the_prefix(string cidr, bool isRight)
    {
        var spec = new NetworkSpec("n", cidr, new("t", ""));
        var refusal = Record.Exception(() => NetworkRules.CheckNetwork("net-1", 1, spec));
        Assert.Equal(isRight, refusal is null);
    }
}
