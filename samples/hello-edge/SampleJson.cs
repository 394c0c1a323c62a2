using System.Text.Json.Serialization;

namespace Mano.Samples.HelloEdge;

[JsonSerializable(typeof(Dictionary<string, string>))]
internal sealed partial class SampleJson : JsonSerializerContext;
