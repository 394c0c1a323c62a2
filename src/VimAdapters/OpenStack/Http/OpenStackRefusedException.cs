using System.Net;

namespace Mano.VimAdapters.OpenStack.Http;

/// <summary>A service answered, and not with success.</summary>
/// <param name="service">Which: <c>Nova</c>, <c>Neutron</c>.</param>
/// <param name="request">What was asked: <c>POST /servers</c>.</param>
/// <param name="status">With what.</param>
/// <param name="kind">The service's own word for it, where it has one: <c>OverQuota</c>; else empty.</param>
/// <param name="sentence">In its own words, on one line, without secrets of ours.</param>
/// <param name="requestId">By which its operator finds it in its logs; empty: none was given.</param>
internal sealed class OpenStackRefusedException(string service, string request, HttpStatusCode status, string kind, string sentence, string requestId)
    : Exception($"{service} answered {(int)status} to {request}: {sentence}{(requestId.Length > 0 ? $" ({requestId})" : "")}")
{
    public string Service => service;

    public string Request => request;

    public HttpStatusCode Status => status;

    public string Kind => kind;

    public string Sentence => sentence;

    public string RequestId => requestId;

    /// <summary>Its words hold one of these.</summary>
    public bool Says(params ReadOnlySpan<string> words)
    {
        foreach (var word in words)
        {
            if (sentence.Contains(word, StringComparison.OrdinalIgnoreCase) || kind.Contains(word, StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }

        return false;
    }
}
