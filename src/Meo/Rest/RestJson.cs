using System.Text.Json.Serialization;
using Mano.Meo.Rest.AppLcm;
using Mano.Meo.Rest.AppPkgm;
using Mano.Meo.Rest.Granting;
using Mano.Meo.Rest.Notifications;
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
[JsonSerializable(typeof(CreateAppPkg))]
[JsonSerializable(typeof(AppPkgInfo))]
[JsonSerializable(typeof(AppPkgInfoModifications))]
[JsonSerializable(typeof(GrantRequest))]
[JsonSerializable(typeof(GrantBody))]
[JsonSerializable(typeof(SubscriptionRequest))]
[JsonSerializable(typeof(SubscriptionInfo))]
[JsonSerializable(typeof(SubscriptionLinkList))]
[JsonSerializable(typeof(Notification))]
[JsonSerializable(typeof(ProblemDetails))]
internal sealed partial class RestJson : JsonSerializerContext;
