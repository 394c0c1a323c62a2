using Mano.Meo.Northbound;
using Mano.Meo.Placement;
using Wire = Mano.Lifecycle.V1;

namespace Mano.Meo.Lifecycle;

/// <summary>Constraints and decisions between the wire and our own records.</summary>
internal static class PlacementWire
{
    private const long NanosecondsPerSecond = 1_000_000_000;
    private const int MostNamed = 100;

    public static PlacementConstraints ToModel(Wire.PlacementConstraints? wire) => wire is null ? PlacementConstraints.None : new()
    {
        Zones = [.. wire.Zones],
        SiteId = wire.SiteId,
        HostId = wire.HostId,
        CountryCode = wire.CountryCode,
        MaxLatencyNs = wire.MaxLatency is { } at ? (at.Seconds * NanosecondsPerSecond) + at.Nanos : null,
        AntiAffinity = [.. wire.AntiAffinityAppInstanceIds],
        Affinity = [.. wire.AffinityAppInstanceIds],
    };

    public static Wire.PlacementConstraints ToWire(PlacementConstraints model)
    {
        var wire = new Wire.PlacementConstraints { SiteId = model.SiteId, HostId = model.HostId, CountryCode = model.CountryCode };
        wire.Zones.AddRange(model.Zones);
        wire.AntiAffinityAppInstanceIds.AddRange(model.AntiAffinity);
        wire.AffinityAppInstanceIds.AddRange(model.Affinity);
        if (model.MaxLatencyNs is { } at)
        {
            wire.MaxLatency = new() { Seconds = at / NanosecondsPerSecond, Nanos = (int)(at % NanosecondsPerSecond) };
        }

        return wire;
    }

    public static void Check(Faults faults, Wire.PlacementConstraints? wire)
    {
        if (wire is null)
        {
            return;
        }

        faults
            .Require(wire.Zones.Count <= MostNamed, "constraints.zones", $"must be at most {MostNamed}")
            .Require(wire.Zones.All(z => z.Length > 0), "constraints.zones", "must not contain an empty name")
            .Require(wire.CountryCode.Length is 0 or 2, "constraints.country_code", "must be two letters (ISO 3166-1 alpha-2)")
            .Require(wire.MaxLatency is null or { Seconds: >= 0 and < 3600, Nanos: >= 0 }, "constraints.max_latency", "must be 0 to 1 hour")
            .Require(wire.AntiAffinityAppInstanceIds.Count <= MostNamed, "constraints.anti_affinity_app_instance_ids", $"must be at most {MostNamed}")
            .Require(wire.AffinityAppInstanceIds.Count <= MostNamed, "constraints.affinity_app_instance_ids", $"must be at most {MostNamed}");
    }

    public static Wire.PlacementDecision ToWire(PlacementDecision decision)
    {
        var wire = new Wire.PlacementDecision { HostId = decision.HostId ?? "", SiteId = decision.SiteId ?? "", Summary = decision.Summary };
        wire.Candidates.AddRange(decision.Candidates.Select(ToWire));
        wire.Rejections.AddRange(decision.Rejections.Select(r => new Wire.Rejection
        {
            HostId = r.HostId, SiteId = r.SiteId, Reason = r.Reason, Needed = r.Needed, Offered = r.Offered,
        }));
        return wire;
    }

    private static Wire.Candidate ToWire(Candidate candidate)
    {
        var wire = new Wire.Candidate { HostId = candidate.HostId, SiteId = candidate.SiteId, Score = candidate.Score };
        wire.Parts.AddRange(candidate.Parts.Select(p => new Wire.ScorePart { Scorer = p.Scorer, Score = p.Score, Weight = p.Weight }));
        return wire;
    }
}
