using Google.Protobuf;
using Google.Protobuf.Reflection;
using Mano.Mesh.Failures;

namespace Mano.Meo.Northbound.Queries;

/// <summary>The order of a list (AIP-132): <c>start_time desc, app_instance_id</c>. What is equal stays in the order of the call.</summary>
internal sealed class Ordering
{
    private const int MostFields = 5;
    private const int MostLetters = 500;

    /// <summary>The order of the call.</summary>
    public static readonly Ordering None = new([]);

    private readonly IReadOnlyList<(FieldPath Path, bool Down)> fields;

    private Ordering(IReadOnlyList<(FieldPath Path, bool Down)> fields) => this.fields = fields;

    public bool IsNone => fields.Count == 0;

    /// <summary>Throws InvalidInput naming what is wrong and what would be right.</summary>
    public static Ordering Parse(MessageDescriptor type, string text)
    {
        if (string.IsNullOrWhiteSpace(text))
        {
            return None;
        }

        if (text.Length > MostLetters || text.Split(',') is not { Length: <= MostFields } parts)
        {
            throw Wrong($"order_by is too long; at most {MostFields} fields and {MostLetters} letters are allowed.");
        }

        return new([.. parts.Select(part => Field(type, part.Trim()))]);
    }

    /// <summary>What an item is ordered by: a normal value a field, null where it is absent.</summary>
    public IReadOnlyList<object?> Of(IMessage message) => [.. fields.Select(f => f.Path.Values(message).FirstOrDefault())];

    /// <summary>Absent comes first, and last when it goes down.</summary>
    public int Compare(IReadOnlyList<object?> left, IReadOnlyList<object?> right)
    {
        for (var i = 0; i < fields.Count; i++)
        {
            var order = (left[i], right[i]) switch
            {
                (null, null) => 0,
                (null, _) => -1,
                (_, null) => 1,
                ({ } l, { } r) => FieldValue.Compare(l, r),
            };
            if (order != 0)
            {
                return fields[i].Down ? -order : order;
            }
        }

        return 0;
    }

    /// <summary>As a token has it.</summary>
    public static IEnumerable<string?> Write(IReadOnlyList<object?> values) => values.Select(v => v is null ? null : FieldValue.Write(v));

    public IReadOnlyList<object?> Read(IReadOnlyList<string?> values) =>
        [.. fields.Select((f, i) => values[i] is { } text ? FieldValue.ReadBack(f.Path, text) : null)];

    /// <summary>How many values there are of each item.</summary>
    public int Count => fields.Count;

    private static (FieldPath Path, bool Down) Field(MessageDescriptor type, string part)
    {
        var words = part.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (words is not ([_] or [_, "asc" or "desc"]))
        {
            throw Wrong($"order_by has \"{part}\"; a field, and then perhaps asc or desc, is right: \"create_time desc, app_name\".");
        }

        var path = FieldPath.Find(type, words[0], out var why) ?? throw Wrong($"order_by: {why}.");
        return path.IsRepeated || path.Kind is ValueKind.Message or ValueKind.Map or ValueKind.Bytes
            ? throw Wrong($"order_by names {path.Text}, which is not one value; a text, number, choice or time is ordered by.")
            : (path, words.Length == 2 && words[1] == "desc");
    }

    private static FailureException Wrong(string sentence) =>
        Failure.InvalidInput("BAD_ORDER_BY", sentence, "order_by", [new("order_by", sentence)]).ToException();
}
