using Mano.Mesh.Failures;

namespace Mano.Meo.Onboarding;

/// <summary>Content for those who ask for it by digest: from the folder, or by way of another replica.</summary>
internal sealed class ArtifactDownloads(ArtifactStore artifacts, IPeerContents peers)
{
    /// <summary>Throws ARTIFACT_NOT_FOUND when nobody has it. A call that another replica forwarded is answered from the folder alone.</summary>
    internal async Task<FileStream> Open(string sha256, bool fetch, CancellationToken cancel)
    {
        if (artifacts.OpenRead(sha256) is { } here)
        {
            return here;
        }

        return fetch && await peers.Fetch(sha256, cancel) && artifacts.OpenRead(sha256) is { } fetched
            ? fetched
            : throw Failure.NotFound("ARTIFACT_NOT_FOUND", $"No package has a file with SHA-256 {sha256}.", $"artifact/{sha256}").ToException();
    }
}
