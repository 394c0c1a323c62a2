using Mano.Granting.V1;
using Mano.Mepm.Sites;
using Mano.Mepm.Wire;
using Mano.Mesh.Failures;

namespace Mano.Mepm.Granting;

/// <summary>What the MEO means of an instance.</summary>
/// <param name="MeantHere">It belongs to this site.</param>
/// <param name="Generation">The last generation that the MEO reserved for it; 0: it knows no such instance.</param>
internal readonly record struct Meaning(bool MeantHere, long Generation);

/// <summary>Asks what is meant to be at this site, for our own records may be what was lost.</summary>
internal interface IMeoIntent
{
    /// <summary>The answer for every id; null, with a sentence why, when nobody can be asked.</summary>
    Task<(IReadOnlyDictionary<string, Meaning>? Answers, string Why)> Ask(IReadOnlyCollection<string> appInstanceIds, CancellationToken cancel);
}

/// <summary>A site that works alone: nobody else knows what is meant.</summary>
internal sealed class NobodyToAsk : IMeoIntent
{
    public Task<(IReadOnlyDictionary<string, Meaning>? Answers, string Why)> Ask(IReadOnlyCollection<string> appInstanceIds, CancellationToken cancel) =>
        Task.FromResult<(IReadOnlyDictionary<string, Meaning>?, string)>((null, "This site works without a MEO, so only its own records could tell, and they may be what was lost."));
}

/// <summary>Asks the MEO (granting.v1.CheckInstances).</summary>
internal sealed class MeoIntent(GrantingService.GrantingServiceClient meo, SiteIdentity site, TimeProvider clock) : IMeoIntent
{
    private const int MostAtOnce = 1000;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    public async Task<(IReadOnlyDictionary<string, Meaning>? Answers, string Why)> Ask(IReadOnlyCollection<string> appInstanceIds, CancellationToken cancel)
    {
        var answers = new Dictionary<string, Meaning>(StringComparer.Ordinal);
        try
        {
            foreach (var ids in appInstanceIds.Chunk(MostAtOnce))
            {
                var request = new CheckInstancesRequest { SiteId = site.SiteId };
                request.AppInstanceIds.AddRange(ids);
                var answer = await meo.CheckInstancesAsync(
                    request, deadline: (clock.GetUtcNow() + Patience).UtcDateTime, cancellationToken: cancel).Answer(cancel);
                foreach (var verdict in answer.Verdicts)
                {
                    answers[verdict.AppInstanceId] = new(verdict.MeantHere, verdict.Generation);
                }
            }

            return (answers, "");
        }
        catch (FailureException e)
        {
            return (null, $"The MEO cannot be asked: {e.Failure.Message}");
        }
    }
}
