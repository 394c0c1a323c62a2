using System.Net;

namespace Mano.VimAdapters.OpenStack.Http;

/// <summary>One request, which may be sent more than once.</summary>
/// <param name="Service">For people: <c>Nova</c>.</param>
/// <param name="Method">How.</param>
/// <param name="Address">Where.</param>
/// <param name="Shown">What people see of it: the path without host and query values.</param>
internal sealed record HttpCall(string Service, HttpMethod Method, Uri Address, string Shown)
{
    public byte[]? Json { get; init; }

    /// <summary>Content that can be sent once only.</summary>
    public HttpContent? Content { get; init; }

    public string ContentType { get; init; } = "application/json";

    public IReadOnlyList<(string Name, string Value)> Headers { get; init; } = [];

    /// <summary>How long it may take beyond the usual.</summary>
    public TimeSpan Beyond { get; init; }
}

/// <summary>A successful answer.</summary>
internal sealed record HttpAnswer(HttpCall Call, HttpStatusCode Status, byte[] Body, IReadOnlyDictionary<string, string> Headers)
{
    public string? Header(string name) => Headers.GetValueOrDefault(name);
}
