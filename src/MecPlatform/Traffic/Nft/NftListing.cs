using System.Collections.Immutable;
using System.Net;
using System.Text.Json;

namespace Mano.MecPlatform.Traffic.Nft;

/// <summary>What a table really holds, read from <c>nft -n -j list table</c>, in the words of <see cref="NftPlan"/>.</summary>
/// <param name="Sets">Elements by set; no declarations.</param>
/// <param name="Comments">The comments of each chain's rules, in order; "?" for a rule without one.</param>
/// <param name="Counters">What each rule's number has met.</param>
internal sealed record NftListing(
    IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>> Sets,
    ImmutableDictionary<string, ImmutableArray<string>> Comments,
    IReadOnlyDictionary<int, (long Packets, long Bytes)> Counters)
{
    private const string Foreign = "?";

    /// <exception cref="JsonException">That is no listing.</exception>
    public static NftListing Parse(string json)
    {
        using var document = JsonDocument.Parse(json);
        var sets = new Dictionary<string, IReadOnlyDictionary<string, string>>(StringComparer.Ordinal);
        var chains = new Dictionary<string, List<string>>(StringComparer.Ordinal);
        var counters = new Dictionary<int, (long, long)>();
        foreach (var item in document.RootElement.GetProperty("nftables").EnumerateArray().SelectMany(i => i.EnumerateObject()))
        {
            switch (item.Name)
            {
                case "set" or "map":
                    sets[item.Value.GetProperty("name").GetString()!] = Elements(item.Value, counters);
                    break;
                case "chain":
                    chains.TryAdd(item.Value.GetProperty("name").GetString()!, []);
                    break;
                case "rule":
                    var chain = item.Value.GetProperty("chain").GetString()!;
                    chains.TryAdd(chain, []);
                    chains[chain].Add(item.Value.TryGetProperty("comment", out var comment) ? comment.GetString()! : Foreign);
                    break;
                default:
                    break;
            }
        }

        return new(sets, chains.ToImmutableDictionary(c => c.Key, c => c.Value.ToImmutableArray(), StringComparer.Ordinal), counters);
    }

    /// <summary>The sets and chains as a plan without content, for what replaces them.</summary>
    public NftPlan Names() => new(
        Sets.ToImmutableSortedDictionary(s => s.Key, s => new NftSet(s.Value.Values.Any(v => v.Length > 0) ? "map : " : "set", s.Value), StringComparer.Ordinal),
        Comments.ToImmutableSortedDictionary(c => c.Key, _ => ImmutableArray<string>.Empty, StringComparer.Ordinal));

    /// <summary>The first difference to what shall be, as a sentence; null if there is none.</summary>
    public string? DifferenceTo(NftPlan plan, NftFamily family)
    {
        foreach (var (name, set) in plan.Sets)
        {
            if (!Sets.TryGetValue(name, out var found))
            {
                return $"set {name} is missing";
            }

            if (set.Elements.Count != found.Count || set.Elements.Any(e => found.GetValueOrDefault(e.Key) != e.Value))
            {
                return $"set {name} has {found.Count} elements, not the {set.Elements.Count} that it should";
            }
        }

        var wanted = plan.Chains.Select(c => (Chain: c.Key, Rules: c.Value.AsEnumerable()))
            .Concat(NftTable.Rules(family).GroupBy(r => r.Chain, r => r.Rule).Select(g => (Chain: g.Key, Rules: g.AsEnumerable())));
        return wanted.Where(c => !Comments.GetValueOrDefault(c.Chain, [Foreign]).SequenceEqual(c.Rules.Select(NftPlan.CommentOf)))
            .Select(c => $"chain {c.Chain} does not hold the rules that it should").FirstOrDefault();
    }

    private static Dictionary<string, string> Elements(JsonElement set, Dictionary<int, (long Packets, long Bytes)> counters)
    {
        var elements = new Dictionary<string, string>(StringComparer.Ordinal);
        if (!set.TryGetProperty("elem", out var all))
        {
            return elements;
        }

        foreach (var element in all.EnumerateArray())
        {
            if (set.TryGetProperty("map", out _))
            {
                elements[Text(element[0])] = Text(element[1]);
            }
            else if (element.ValueKind == JsonValueKind.Object && element.TryGetProperty("elem", out var counted))
            {
                elements[Text(counted.GetProperty("val"))] = string.Empty;
                if (counted.TryGetProperty("counter", out var counter) && counted.GetProperty("val").TryGetInt32(out var number))
                {
                    counters[number] = (counter.GetProperty("packets").GetInt64(), counter.GetProperty("bytes").GetInt64());
                }
            }
            else
            {
                elements[Text(element)] = string.Empty;
            }
        }

        return elements;
    }

    private static string Text(JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.Object)
        {
            return value.ToString();
        }

        var only = value.EnumerateObject().First();
        return only.Name switch
        {
            "concat" => string.Join(" . ", only.Value.EnumerateArray().Select(Text)),
            "range" => $"{Text(only.Value[0])}-{Text(only.Value[1])}",
            "prefix" => Prefix(only.Value),
            "jump" => "jump " + only.Value.GetProperty("target").GetString(),
            "elem" => Text(only.Value.GetProperty("val")),
            _ => only.Name, // drop, accept
        };
    }

    private static string Prefix(JsonElement prefix)
    {
        var text = $"{prefix.GetProperty("addr").GetString()}/{prefix.GetProperty("len").GetInt32()}";
        return !AddressRange.TryParse(text, out var range, out _) ? text : RuleMatch.Range(range.First, range.Last, range.Family == NftFamily.V4.Addresses ? NftFamily.V4 : NftFamily.V6);
    }
}
