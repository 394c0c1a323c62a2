using System.Text.Json.Serialization;
using Mano.Meo.Rest.AppLcm;
using Mano.Mesh.Rest;

namespace Mano.Meo.Rest;

/// <summary>How the bodies of MEC 010-2 are written.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(string))]
[JsonSerializable(typeof(CreateAppInstanceRequest))]
[JsonSerializable(typeof(InstantiateAppRequest))]
[JsonSerializable(typeof(OperateAppRequest))]
[JsonSerializable(typeof(TerminateAppRequest))]
[JsonSerializable(typeof(CancelRequest))]
[JsonSerializable(typeof(AppInstanceInfo))]
[JsonSerializable(typeof(AppLcmOpOcc))]
[JsonSerializable(typeof(ProblemDetails))]
internal sealed partial class RestJson : JsonSerializerContext;
