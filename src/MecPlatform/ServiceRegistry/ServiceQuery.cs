using Mano.Mesh.Failures;

namespace Mano.MecPlatform.ServiceRegistry;

/// <summary>Which services are asked for (MEC 011 7.2.3.3.1): of ids, names and category one may be given.</summary>
internal sealed record ServiceQuery
{
    public IReadOnlyList<string> Ids { get; private init; } = [];

    public IReadOnlyList<string> Names { get; private init; } = [];

    public string? CategoryId { get; private init; }

    public LocalityType? Scope { get; private init; }

    public bool? ConsumedLocalOnly { get; private init; }

    public bool? IsLocal { get; private init; }

    /// <exception cref="FailureException">A parameter is not one, or says something that it cannot.</exception>
    public static ServiceQuery Parse(IEnumerable<KeyValuePair<string, Microsoft.Extensions.Primitives.StringValues>> parameters)
    {
        var query = new ServiceQuery();
        var faults = new List<Fault>();
        foreach (var (name, values) in parameters)
        {
            string[] all = [.. values.OfType<string>().SelectMany(v => v.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))];
            query = name switch
            {
                "ser_instance_id" => query with { Ids = Some(all, name, faults) },
                "ser_name" => query with { Names = Some(all, name, faults) },
                "ser_category_id" => query with { CategoryId = Only(all, name, faults) },
                "scope_of_locality" => query with { Scope = Scoped(all, name, faults) },
                "consumed_local_only" => query with { ConsumedLocalOnly = Bool(all, name, faults) },
                "is_local" => query with { IsLocal = Bool(all, name, faults) },
                _ => Unknown(query, name, faults),
            };
        }

        if (new[] { query.Ids.Count > 0, query.Names.Count > 0, query.CategoryId is not null }.Count(given => given) > 1)
        {
            faults.Add(new("query", "names more than one of ser_instance_id, ser_name and ser_category_id; one at most is allowed."));
        }

        return faults.Count == 0 ? query : throw Failure.InvalidInput("BAD_QUERY", "The query cannot be answered.", "query", faults).ToException();
    }

    public bool Matches(ServiceInfo service) =>
        (Ids.Count == 0 || Ids.Contains(service.SerInstanceId))
        && (Names.Count == 0 || Names.Contains(service.SerName))
        && (CategoryId is null || CategoryId == service.SerCategory?.Id)
        && (Scope is null || Scope == service.ScopeOfLocality)
        && (ConsumedLocalOnly is null || ConsumedLocalOnly == service.ConsumedLocalOnly)
        && (IsLocal is null || IsLocal == service.IsLocal);

    private static ServiceQuery Unknown(ServiceQuery query, string name, List<Fault> faults)
    {
        faults.Add(new(name, "is not a parameter here; ser_instance_id, ser_name, ser_category_id, scope_of_locality, consumed_local_only and is_local are."));
        return query;
    }

    private static string[] Some(string[] all, string name, List<Fault> faults)
    {
        if (all.Length == 0)
        {
            faults.Add(new(name, "has no value; leave it out to ask for every service."));
        }

        return all;
    }

    private static string? Only(string[] all, string name, List<Fault> faults)
    {
        if (all.Length == 1)
        {
            return all[0];
        }

        faults.Add(new(name, $"has {all.Length} values; one is needed."));
        return null;
    }

    private static bool? Bool(string[] all, string name, List<Fault> faults)
    {
        if (Only(all, name, faults) is not { } text)
        {
            return null;
        }

        if (bool.TryParse(text, out var value))
        {
            return value;
        }

        faults.Add(new(name, $"is '{text}'; true or false is needed."));
        return null;
    }

    private static LocalityType? Scoped(string[] all, string name, List<Fault> faults)
    {
        var text = Only(all, name, faults);
        LocalityType? scope = text switch
        {
            "MEC_SYSTEM" => LocalityType.MecSystem,
            "MEC_HOST" => LocalityType.MecHost,
            "NFVI_POP" => LocalityType.NfviPop,
            "ZONE" => LocalityType.Zone,
            "ZONE_GROUP" => LocalityType.ZoneGroup,
            "NFVI_NODE" => LocalityType.NfviNode,
            _ => null,
        };
        if (scope is null && text is not null)
        {
            faults.Add(new(name, $"is '{text}'; MEC_SYSTEM, MEC_HOST, NFVI_POP, ZONE, ZONE_GROUP or NFVI_NODE is needed."));
        }

        return scope;
    }
}
