using Google.Protobuf.WellKnownTypes;
using Mano.MecPlatform.AppSupport;
using Mano.MecPlatform.Traffic;
using Mano.Mesh.Failures;
using Mano.Platform.V1;
using Wire = Mano.Common.V1;

namespace Mano.MecPlatform.Mm5;

/// <summary>Instances as Mm5 shows them.</summary>
internal static class ApplicationWire
{
    public static Application Write(ApplicationView view)
    {
        var record = view.Record;
        var wire = new Application
        {
            AppInstanceId = record.AppInstanceId,
            Generation = record.Generation,
            Phase = (Application.Types.Phase)record.Phase,
            Message = Sentence(view),
            Endpoint = record.Endpoint is null ? null : Write(record.Endpoint),
            PhaseTime = Timestamp.FromDateTimeOffset(record.PhaseTime),
            Failure = record.Failure?.ToWire(),
            ConfigurationDigest = record.Configuration.Digest,
        };
        wire.TrafficRules.AddRange(view.TrafficRules.Select(Write));
        wire.DnsRules.AddRange(view.DnsRules.Select(Write));
        wire.ServicesMissing.AddRange(view.ServicesMissing.Select(ConfigurationWire.Write));
        return wire;
    }

    /// <summary>What the MEPM shows with its conditions; a required service that is away belongs to it.</summary>
    private static string Sentence(ApplicationView view) => view.ServicesMissing.Count == 0
        ? view.Record.Message
        : $"{view.Record.Message} Required services that nobody offers at this host: {string.Join(", ", view.ServicesMissing.Select(s => $"{s.SerName} {s.Version}".TrimEnd()))}.".TrimStart();

    public static TrafficRuleStatus Write(TrafficRuleView rule) => new()
    {
        Rule = ConfigurationWire.Write(rule.Rule),
        State = StateOf(rule.IsActive),
        Enforcement = rule.Enforcement.Level switch
        {
            EnforcementLevel.Enforced => TrafficRuleStatus.Types.Enforcement.Enforced,
            EnforcementLevel.Partial => TrafficRuleStatus.Types.Enforcement.Partial,
            _ => TrafficRuleStatus.Types.Enforcement.NotEnforced,
        },
        EnforcementMessage = rule.Enforcement.Message,
        Connections = (ulong)rule.Traffic.Connections,
        Bytes = (ulong)rule.Traffic.Bytes,
    };

    public static DnsRuleStatus Write(DnsRuleView rule) => new() { Rule = ConfigurationWire.Write(rule.Rule), State = StateOf(rule.IsActive) };

    public static InstanceEndpoint? Read(Wire.Endpoint? wire) =>
        wire is null ? null : new(wire.Address, [.. wire.Ports.Select(p => new InstancePort(p.Name, p.Protocol, (int)Math.Min(p.Number, int.MaxValue)))]);

    private static Wire.Endpoint Write(InstanceEndpoint endpoint)
    {
        var wire = new Wire.Endpoint { Address = endpoint.Address };
        wire.Ports.AddRange(endpoint.Ports.Select(p => new Wire.Port { Name = p.Name, Protocol = p.Protocol, Number = (uint)p.Number }));
        return wire;
    }

    private static Wire.RuleState StateOf(bool isActive) => isActive ? Wire.RuleState.Active : Wire.RuleState.Inactive;
}
