using System.Collections;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;

namespace Mano.Meo.Northbound.Queries;

/// <summary>What stands at the end of a path.</summary>
internal enum ValueKind
{
    Text,
    Bool,
    Integer,
    Float,
    Choice,
    Timestamp,
    Duration,

    /// <summary>A message, or a map as a whole: it is there or not.</summary>
    Message,
    Map,
    Bytes,
}

/// <summary>A path through a message and what it contains, looked up once and then followed in many messages.</summary>
internal sealed class FieldPath
{
    private readonly List<(FieldDescriptor Field, string? Key)> steps = [];

    private FieldPath(string text) => Text = text;

    public string Text { get; }

    public ValueKind Kind { get; private set; }

    /// <summary>The values of a <see cref="ValueKind.Choice"/>.</summary>
    public EnumDescriptor? Choices { get; private set; }

    /// <summary>Whether it goes through a list, so that there may be several values.</summary>
    public bool IsRepeated => steps.Any(s => s.Field is { IsRepeated: true, IsMap: false });

    /// <summary>Looks the names up; <paramref name="why"/> says which is wrong and what would be right.</summary>
    public static FieldPath? Find(MessageDescriptor type, string text, out string why)
    {
        why = $"\"{text}\" is no path: names with dots between, at most {PathText.MostLetters} letters, are one";
        return PathText.Split(text) is { } names && new FieldPath(text) is var path && path.Add(type, names, out why) ? path : null;
    }

    /// <summary>What a sentence says of a name that is not there.</summary>
    public static string NoField(MessageDescriptor type, string name) =>
        $"\"{name}\" is no field of {type.Name}; those are {string.Join(", ", type.Fields.InFieldNumberOrder().Select(f => f.Name))}";

    /// <summary>Every value at the path, normal (<see cref="FieldValue"/>) except for messages; none where something on the way is absent.</summary>
    public IEnumerable<object> Values(IMessage message) => From(message, 0);

    private bool Add(MessageDescriptor type, IReadOnlyList<string> names, out string why)
    {
        var at = type;
        for (var i = 0; i < names.Count; i++)
        {
            if (at is null)
            {
                why = $"{string.Join('.', names.Take(i))} has no fields of its own, so there is no \"{names[i]}\"";
                return false;
            }

            if (at.FindFieldByName(names[i]) is not { } field)
            {
                why = NoField(at, names[i]);
                return false;
            }

            var key = field.IsMap && i + 1 < names.Count ? names[++i] : null;
            steps.Add((field, key));
            var end = key is null ? field : field.MessageType.FindFieldByName("value");
            Kind = field.IsMap && key is null ? ValueKind.Map : KindOf(end);
            Choices = Kind == ValueKind.Choice ? end.EnumType : null;
            at = Kind == ValueKind.Message ? end.MessageType : null;
        }

        why = "";
        return true;
    }

    private static ValueKind KindOf(FieldDescriptor field) => field.FieldType switch
    {
        FieldType.String => ValueKind.Text,
        FieldType.Bool => ValueKind.Bool,
        FieldType.Bytes => ValueKind.Bytes,
        FieldType.Float or FieldType.Double => ValueKind.Float,
        FieldType.Enum => ValueKind.Choice,
        FieldType.Message or FieldType.Group when field.MessageType.FullName == Timestamp.Descriptor.FullName => ValueKind.Timestamp,
        FieldType.Message or FieldType.Group when field.MessageType.FullName == Duration.Descriptor.FullName => ValueKind.Duration,
        FieldType.Message or FieldType.Group => ValueKind.Message,
        _ => ValueKind.Integer,
    };

    private IEnumerable<object> From(IMessage at, int index)
    {
        var (field, key) = steps[index];
        if (field.HasPresence && !field.Accessor.HasValue(at))
        {
            return [];
        }

        var here = Each(field.Accessor.GetValue(at), key);
        return index + 1 < steps.Count ? here.SelectMany(inner => From((IMessage)inner, index + 1)) : here.Select(FieldValue.Normal);
    }

    private static IEnumerable<object> Each(object value, string? key) => value switch
    {
        IDictionary map when key is null => map.Keys.Cast<object>(),
        IDictionary map => map.Contains(key) ? [map[key]!] : [],
        IList list => list.Cast<object>(),
        _ => [value],
    };
}
