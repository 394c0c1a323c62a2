using System.Text.Json.Serialization;

namespace Mano.Sagas;

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(OperationRecord))]
[JsonSerializable(typeof(SubjectLock))]
[JsonSerializable(typeof(OpenOperation))]
[JsonSerializable(typeof(IdempotencyEntry))]
[JsonSerializable(typeof(Done))]
internal sealed partial class SagaJson : JsonSerializerContext;
