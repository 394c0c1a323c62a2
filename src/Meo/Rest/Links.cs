namespace Mano.Meo.Rest;

/// <summary>MEC 010-2 LinkType.</summary>
/// <param name="Href">An absolute URI: the OpenAPI files say <c>format: uri</c>.</param>
internal sealed record Link(string Href)
{
    public static Link To(string href) => new(href);
}

/// <summary><c>_links</c> of a resource that has none but its own.</summary>
internal sealed record SelfLinks(Link Self);
