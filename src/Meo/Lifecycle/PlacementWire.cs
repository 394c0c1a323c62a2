using Mano.Meo.Northbound;
using Mano.Meo.Placement;
using Wire = Mano.Lifecycle.V1;

namespace Mano.Meo.Lifecycle;

/// <summary>Constraints and decisions between the wire and our own records.</summary>
internal static class PlacementWire
{
    private const long NanosecondsPerSecond = 1_000_000_000;
    private const int MostNamed = 100;

    /// <summary>What a VIM takes for one compute.</summary>
    private const int MostGroups = 8;
    private static readonly string GroupRule = $"must be at most {MostGroups} with those of the other kind, each of 1 to 63 letters, digits and '-', the first no '-'";

    public static PlacementConstraints ToModel(Wire.PlacementConstraints? wire) => wire is null ? PlacementConstraints.None : new()
    {
        Zones = [.. wire.Zones],
        SiteId = wire.SiteId,
        HostId = wire.HostId,
        CountryCode = wire.CountryCode,
        MaxLatencyNs = wire.MaxLatency is { } at ? (at.Seconds * NanosecondsPerSecond) + at.Nanos : null,
        AntiAffinity = [.. wire.AntiAffinityAppInstanceIds],
        Affinity = [.. wire.AffinityAppInstanceIds],
        Area = wire.AreaGeojson,
        UserLocation = wire.UserLocation is { } users ? new(users.Latitude, users.Longitude) : null,
        Networks = [.. wire.Networks],
        AntiAffinityGroups = [.. wire.AntiAffinityGroups],
        AffinityGroups = [.. wire.AffinityGroups],
    };

    public static Wire.PlacementConstraints ToWire(PlacementConstraints model)
    {
        var wire = new Wire.PlacementConstraints { SiteId = model.SiteId, HostId = model.HostId, CountryCode = model.CountryCode, AreaGeojson = model.Area };
        wire.Zones.AddRange(model.Zones);
        wire.AntiAffinityAppInstanceIds.AddRange(model.AntiAffinity);
        wire.AffinityAppInstanceIds.AddRange(model.Affinity);
        wire.Networks.AddRange(model.Networks);
        wire.AntiAffinityGroups.AddRange(model.AntiAffinityGroups);
        wire.AffinityGroups.AddRange(model.AffinityGroups);
        if (model.UserLocation is { } users)
        {
            wire.UserLocation = new() { Latitude = users.Latitude, Longitude = users.Longitude };
        }

        if (model.MaxLatencyNs is { } at)
        {
            wire.MaxLatency = new() { Seconds = at / NanosecondsPerSecond, Nanos = (int)(at % NanosecondsPerSecond) };
        }

        return wire;
    }

    public static void Check(Faults faults, Wire.PlacementConstraints? wire, string path = "")
    {
        if (wire is null)
        {
            return;
        }

        faults
            .Require(wire.Zones.Count <= MostNamed, path + "constraints.zones", $"must be at most {MostNamed}")
            .Require(wire.Zones.All(z => z.Length > 0), path + "constraints.zones", "must not contain an empty name")
            .Require(wire.CountryCode.Length is 0 or 2, path + "constraints.country_code", "must be two letters (ISO 3166-1 alpha-2)")
            .Require(wire.MaxLatency is null or { Seconds: >= 0 and < 3600, Nanos: >= 0 }, path + "constraints.max_latency", "must be 0 to 1 hour")
            .Require(wire.AntiAffinityAppInstanceIds.Count <= MostNamed, path + "constraints.anti_affinity_app_instance_ids", $"must be at most {MostNamed}")
            .Require(wire.AffinityAppInstanceIds.Count <= MostNamed, path + "constraints.affinity_app_instance_ids", $"must be at most {MostNamed}")
            .Require(wire.Networks.Count <= MostNamed, path + "constraints.networks", $"must be at most {MostNamed}")
            .Require(wire.AntiAffinityGroups.Count + wire.AffinityGroups.Count <= MostGroups && wire.AntiAffinityGroups.All(IsGroup), path + "constraints.anti_affinity_groups", GroupRule)
            .Require(wire.AntiAffinityGroups.Count + wire.AffinityGroups.Count <= MostGroups && wire.AffinityGroups.All(IsGroup), path + "constraints.affinity_groups", GroupRule);
        if (wire.UserLocation is { } at)
        {
            faults.Require(at.Latitude is >= -90 and <= 90, path + "constraints.user_location.latitude", "must be -90 to 90")
                .Require(at.Longitude is >= -180 and <= 180, path + "constraints.user_location.longitude", "must be -180 to 180");
        }

        if (wire.AreaGeojson.Length > 0 && GeoJson.Read(wire.AreaGeojson).Failure is { } wrong)
        {
            faults.Require(false, path + "constraints.area_geojson", wrong.Message);
        }
    }

    private static bool IsGroup(string name) => name.Length is > 0 and <= 63 && name[0] != '-' && name.All(c => char.IsAsciiLetterOrDigit(c) || c == '-');

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
