using System.Net;

namespace Mano.VimAdapters.Kubernetes.Connection;

/// <summary>The API server answered with a Status: what it says, before anybody has decided what it means.</summary>
/// <param name="status">The HTTP status.</param>
/// <param name="reason">Kubernetes' word: AlreadyExists, Conflict, Forbidden, Invalid, Expired, …</param>
/// <param name="message">Its sentence.</param>
/// <param name="causes">Fields and why, where it says so.</param>
internal sealed class ApiRefusedException(HttpStatusCode status, string reason, string message, IReadOnlyList<string> causes) : Exception(message)
{
    public HttpStatusCode Status { get; } = status;

    public string Reason { get; } = reason;

    public IReadOnlyList<string> Causes { get; } = causes;

    /// <summary>What was asked, as <c>PATCH /apis/…</c>.</summary>
    public string Asked { get; init; } = "";

    /// <summary>Whether something newer was there: a stale resourceVersion or uid, or fields of another manager.</summary>
    public bool IsConflict => Status == HttpStatusCode.Conflict && Reason != "AlreadyExists";

    public bool IsAlreadyExists => Status == HttpStatusCode.Conflict && Reason == "AlreadyExists";

    public bool IsNotFound => Status == HttpStatusCode.NotFound;

    /// <summary>Whether the version asked for is forgotten by the server.</summary>
    public bool IsGone => Status == HttpStatusCode.Gone || Reason is "Expired" or "Gone";
}
