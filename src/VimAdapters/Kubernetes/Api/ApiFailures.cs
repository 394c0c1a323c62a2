using System.Net;
using Mano.Mesh.Failures;
using Mano.VimAdapters.Contract;
using Mano.VimAdapters.Kubernetes.Connection;

namespace Mano.VimAdapters.Kubernetes.Api;

/// <summary>What a refusal of the API server means in the words of the contract.</summary>
internal static class ApiFailures
{
    /// <summary>The failure for a subject, as <c>compute/…</c>.</summary>
    public static Failure Of(ApiRefusedException refused, string subject)
    {
        var message = OneLine(refused.Message);
        return refused.Status switch
        {
            HttpStatusCode.Unauthorized => Failure.Forbidden("VIM_CREDENTIALS", "The API server refuses our credentials (401); give a kubeconfig whose token or certificate is valid.", subject),
            HttpStatusCode.Forbidden when IsQuota(refused) => VimFailures.NoRoom(subject, $"The namespace's quota does not allow it: {message}"),
            HttpStatusCode.Forbidden when Says(refused, "being terminated") => Failure.Conflict("VIM_BUSY", $"Its namespace is being deleted; ask again when it is gone: {message}", subject),
            HttpStatusCode.Forbidden when Says(refused, "violates PodSecurity") => Failure.InvalidInput("VIM_POD_SECURITY",
                $"The namespace's pod security standard refuses it: {message}", subject),
            HttpStatusCode.Forbidden => Failure.Forbidden("VIM_FORBIDDEN",
                $"The cluster does not allow it ({refused.Asked}): {message}. deploy/k8s/vim has the role that the adapter needs.", subject),
            HttpStatusCode.Conflict => Failure.Conflict("VIM_BUSY", $"Something else changed it at the same time: {message}", subject),
            HttpStatusCode.UnprocessableEntity or HttpStatusCode.BadRequest or HttpStatusCode.UnsupportedMediaType => Failure.InvalidInput("VIM_API_REFUSED",
                $"The API server refuses it: {message}", subject, [.. refused.Causes.Select(c => new Fault("spec", c))]),
            HttpStatusCode.RequestEntityTooLarge => Failure.InvalidInput("VIM_TOO_LARGE",
                $"The API server refuses it as too large: {message}. Environment and boot data together may have about a million bytes.", subject),
            HttpStatusCode.NotFound => new(FailureKind.IllegalState, "VIM_API_MISSING", $"The cluster does not have what it needs ({refused.Asked}): {message}", subject),
            HttpStatusCode.MethodNotAllowed or HttpStatusCode.NotAcceptable or HttpStatusCode.NotImplemented =>
                Failure.Unimplemented("VIM_API", $"This API server does not offer {refused.Asked}: {message}", subject),
            _ => VimFailures.CannotReach(KubernetesVim.AdapterName, $"The API server answered {(int)refused.Status} to {refused.Asked}: {message}"),
        };
    }

    /// <summary>Whether an admission by quota refused it.</summary>
    public static bool IsQuota(ApiRefusedException refused) => refused.Status == HttpStatusCode.Forbidden && Says(refused, "exceeded quota");

    /// <summary>Somebody else's object has the name.</summary>
    public static Failure Foreign(string computeId, ResourceKind kind, ObjectMeta found) => Failure.AlreadyExists("VIM_FOREIGN_OBJECT",
        $"{kind} {found.Namespace}{(found.Namespace.Length > 0 ? "/" : "")}{found.Name} is there already and is not ours; it is left alone. Remove it, or give this adapter another Owner or NamespacePrefix.",
        $"compute/{computeId}");

    public static string OneLine(string message)
    {
        var line = string.Join(' ', message.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        return line.Length <= 500 ? line : line[..500] + "…";
    }

    private static bool Says(ApiRefusedException refused, string words) => refused.Message.Contains(words, StringComparison.OrdinalIgnoreCase);
}
