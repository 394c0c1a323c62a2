using System.Text.Json.Serialization;

namespace Mano.Meo.Northbound.Queries;

[JsonSerializable(typeof(IReadOnlyList<string>))]
internal sealed partial class RequestTokenJson : JsonSerializerContext;
