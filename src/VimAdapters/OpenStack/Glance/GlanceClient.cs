using Mano.VimAdapters.OpenStack.Http;

namespace Mano.VimAdapters.OpenStack.Glance;

/// <summary>The Image API, as far as it is used.</summary>
internal sealed class GlanceClient(CloudLink cloud, TimeSpan uploadTimeout)
{
    /// <summary>The images whose properties have these values, the oldest first.</summary>
    public async Task<IReadOnlyList<ImageDetails>> ListAsync(CancellationToken cancellationToken, params IReadOnlyList<(string Name, string Value)> properties)
    {
        var all = new List<ImageDetails>();
        var next = "images?sort=created_at:asc,id:asc" + string.Concat(properties.Select(p => $"&{p.Name}={Uri.EscapeDataString(p.Value)}"));
        while (true)
        {
            var page = await cloud.AskAsync(new(CloudService.Glance, HttpMethod.Get, next), GlanceJson.Default.ImageList, cancellationToken);
            all.AddRange(page.Images);
            if (page.Next is not { Length: > 0 } following)
            {
                return all;
            }

            next = following.StartsWith("/v2/", StringComparison.Ordinal) ? following["/v2/".Length..] : following;
        }
    }

    public Task<ImageDetails?> FindAsync(string id, CancellationToken cancellationToken) =>
        cloud.AskIfAnyAsync(new(CloudService.Glance, HttpMethod.Get, $"images/{Uri.EscapeDataString(id)}"), GlanceJson.Default.ImageDetails, cancellationToken);

    public Task<ImageDetails> CreateAsync(CreateImage image, CancellationToken cancellationToken) =>
        cloud.AskAsync(new CloudRequest(CloudService.Glance, HttpMethod.Post, "images").With(image, GlanceJson.Default.CreateImage), GlanceJson.Default.ImageDetails, cancellationToken);

    /// <summary>Gives an image its content. The token is fresh: what follows cannot be said twice.</summary>
    public async Task UploadAsync(string id, HttpContent content, CancellationToken cancellationToken) => await cloud.TellAsync(
        new(CloudService.Glance, HttpMethod.Put, $"images/{id}/file") { Content = content, ContentType = "application/octet-stream", Beyond = uploadTimeout }, cancellationToken);

    public Task DeleteAsync(string id, CancellationToken cancellationToken) =>
        cloud.DeleteIfAnyAsync(new(CloudService.Glance, HttpMethod.Delete, $"images/{id}"), cancellationToken);
}
