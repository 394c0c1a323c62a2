using Mano.Packages.Documents;

namespace Mano.Packages.Reading;

/// <summary>Which part of the input each record was read from, so that a rule checked later still names the path.</summary>
internal sealed class Sources
{
    private readonly Dictionary<object, Attributes> _origins = new(ReferenceEqualityComparer.Instance);

    internal T Remember<T>(T record, Attributes from) where T : class
    {
        _origins[record] = from;
        return record;
    }

    /// <summary>The place of the first of the named attributes that is present, else of the record itself.</summary>
    internal Place At(object record, params ReadOnlySpan<string> names) =>
        _origins.TryGetValue(record, out var attributes) ? attributes.PlaceOf(names) : default;
}
