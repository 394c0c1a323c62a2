using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;

namespace Mano.Meo.Rest.Queries;

/// <summary>
/// Attribute-based filtering (ETSI GS MEC 009 clause 6.19, NFV SOL013 clause 5.2): expressions, all of which must hold.
/// <c>filter=(eq,appName,hello);(in,instantiatedAppState/operationalState,STARTED,STOPPED)</c>.
/// | operator            | holds if                                             |
/// | eq, neq             | the attribute is, is not, the value                  |
/// | in, nin             | it is one, is none, of the values                    |
/// | gt, gte, lt, lte    | it is greater, or less: numbers as such, else letters |
/// | cont, ncont         | it contains one, contains none, of the values        |
/// Of an attribute that is there several times one must hold; neq, nin and ncont are the opposites of eq, in and cont, so they hold
/// where the attribute is not there.
/// </summary>
internal sealed class AttributeFilter
{
    /// <summary>Lets everything pass.</summary>
    public static readonly AttributeFilter None = new([]);

    private readonly IReadOnlyList<Expression> expressions;

    private AttributeFilter(IReadOnlyList<Expression> expressions) => this.expressions = expressions;

    /// <summary>Of the query's value. Throws InvalidInput with the place where it goes wrong.</summary>
    public static AttributeFilter Parse(JsonTypeInfo type, string text) =>
        new([.. FilterText.Parse(text).Select(e => new Expression(e.Operator, AttributeNames.Parse(type, e.Attribute, "filter"), e.Values))]);

    /// <summary>Whether the resource passes.</summary>
    public bool Lets(JsonNode resource) => expressions.All(e => e.Holds(resource));

    private sealed record Expression(string Operator, string[] Path, IReadOnlyList<string> Values)
    {
        public bool Holds(JsonNode resource) => Operator switch
        {
            "eq" or "in" => Any(resource, Values.Contains),
            "neq" or "nin" => !Any(resource, Values.Contains),
            "cont" => Any(resource, Contains),
            "ncont" => !Any(resource, Contains),
            "gt" => Any(resource, v => Compare(v) > 0),
            "gte" => Any(resource, v => Compare(v) >= 0),
            "lt" => Any(resource, v => Compare(v) < 0),
            _ => Any(resource, v => Compare(v) <= 0),
        };

        private bool Any(JsonNode resource, Func<string, bool> holds) => Found(resource, 0).Any(holds);

        private bool Contains(string value) => Values.Any(v => value.Contains(v, StringComparison.Ordinal));

        private int Compare(string value) =>
            decimal.TryParse(value, NumberStyles.Number, CultureInfo.InvariantCulture, out var left)
            && decimal.TryParse(Values[0], NumberStyles.Number, CultureInfo.InvariantCulture, out var right)
                ? left.CompareTo(right)
                : string.CompareOrdinal(value, Values[0]);

        /// <summary>Every value at the path, lists gone through.</summary>
        private IEnumerable<string> Found(JsonNode? at, int depth) => at switch
        {
            null => [],
            JsonArray list => list.SelectMany(entry => Found(entry, depth)),
            JsonObject inner when depth < Path.Length => Found(inner[Path[depth]], depth + 1),
            JsonValue value when depth == Path.Length => [Text(value)],
            _ => [],
        };

        private static string Text(JsonValue value) => value.GetValueKind() switch
        {
            JsonValueKind.String => value.GetValue<string>(),
            _ => value.ToJsonString(),
        };
    }
}
