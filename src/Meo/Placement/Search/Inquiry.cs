using Mano.Meo.Placement.Filters;
using Mano.Meo.Placement.Index;

namespace Mano.Meo.Placement.Search;

/// <summary>
/// One request put to many hosts. What hosts of one class have in common is asked once, and what every host that is to be looked at passes
/// is not asked again; the answers are those of <see cref="PlacementRules"/>. Of one thread.
/// </summary>
internal sealed class Inquiry
{
    private const int Slots = 64;
    private const int Passed = int.MaxValue;

    private readonly PlacementRules rules;
    private readonly PlacementRequest request;
    private readonly List<(int Position, IHostFilter Filter)> ofHosts = [];
    private readonly List<(int Position, IHostFilter Filter)> ofTraits = [];
    private readonly (HostTraits? Traits, int Position, string? Reason)[] known = new (HostTraits?, int, string?)[Slots];

    public Inquiry(PlacementRules rules, PlacementRequest request, FleetSnapshot fleet)
    {
        (this.rules, this.request) = (rules, request.In(fleet));
        Scope = rules.Narrow(this.request, fleet);
        for (var position = 0; position < rules.Filters.Length; position++)
        {
            var filter = rules.Filters[position];
            if (filter is ITraitFilter)
            {
                ofTraits.Add((position, filter));
            }
            else if (filter != Scope.Settled && !AllPass(filter))
            {
                ofHosts.Add((position, filter));
            }
        }
    }

    /// <summary>The only hosts that need to be looked at.</summary>
    public Narrowed Scope { get; }

    /// <summary>False only if every host of the group is refused.</summary>
    public bool MayPass(HostGroup group)
    {
        foreach (var (_, filter) in ofHosts)
        {
            if (filter.Judge(request, group).RefusesAll)
            {
                return false;
            }
        }

        if (group.Traits is null)
        {
            return true;
        }

        foreach (var traits in group.Traits)
        {
            if (Ask(traits).Position == Passed)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether no filter refuses the host.</summary>
    public bool Passes(HostEntry host)
    {
        if (Ask(host.Traits).Position != Passed)
        {
            return false;
        }

        foreach (var (_, filter) in ofHosts)
        {
            if (filter.Refuses(request, host.Host) is not null)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>The first reason to refuse a host; null if it passes.</summary>
    public string? Reason(HostEntry host)
    {
        var (_, position, reason) = Ask(host.Traits);
        foreach (var (at, filter) in ofHosts)
        {
            if (at < position && filter.Refuses(request, host.Host) is { } earlier)
            {
                return earlier;
            }
        }

        return reason;
    }

    /// <summary>The first reason if it is the same for every host of the group; null if they differ, or some pass, or it is not known.</summary>
    public string? ReasonOfAll(HostGroup group)
    {
        if (group.Traits is null)
        {
            return null;
        }

        var (_, position, reason) = Ask(group.Traits[0]);
        foreach (var traits in group.Traits.AsSpan(1))
        {
            var (_, otherPosition, other) = Ask(traits);
            if (otherPosition != position || other != reason)
            {
                return null;
            }
        }

        foreach (var (at, filter) in ofHosts)
        {
            if (at < position && filter.Judge(request, group) is { PassesAll: false } verdict)
            {
                return verdict.Reason;
            }
        }

        return reason;
    }

    public double Score(HostEntry host) => rules.Score(request, host.Host);

    public double Bound(HostGroup group) => rules.Bound(request, group);

    /// <summary>The first filter that refuses the class, and why.</summary>
    private (HostTraits? Traits, int Position, string? Reason) Ask(HostTraits traits)
    {
        ref var slot = ref known[traits.Order % Slots];
        if (slot.Traits != traits)
        {
            slot = (traits, Passed, null);
            foreach (var (position, filter) in ofTraits)
            {
                if (filter.Refuses(request, traits.Example) is { } reason)
                {
                    slot = (traits, position, reason);
                    break;
                }
            }
        }

        return slot;
    }

    private bool AllPass(IHostFilter filter)
    {
        foreach (var root in Scope.Roots)
        {
            if (!filter.Judge(request, root.Group).PassesAll)
            {
                return false;
            }
        }

        return true;
    }
}
