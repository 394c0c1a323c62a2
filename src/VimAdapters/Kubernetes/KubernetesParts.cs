using Mano.VimAdapters.Kubernetes.Api;
using Mano.VimAdapters.Kubernetes.Objects;
using Mano.VimAdapters.Kubernetes.Records;

namespace Mano.VimAdapters.Kubernetes;

/// <summary>What every capability of the adapter builds on.</summary>
internal sealed record KubernetesParts(KubeApi Api, KubernetesOptions Options, ComputeMark Mark, RecordTable Records, TenantSpaces Spaces, ComputeObjects Objects)
{
    public TimeProvider Clock => Api.Connection.Clock;
}
