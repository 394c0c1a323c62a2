using Grpc.Core;
using Mano.Meo.Inventory;
using Mano.Mesh.Channels;
using Mano.Mesh.Failures;
using Wire = Mano.Site.V1;

namespace Mano.Meo.Discovery;

/// <summary>Asks a MEPM about itself.</summary>
internal interface ISiteQuestions
{
    /// <summary>The site as it would register. Unavailable when nobody answers there; InvalidInput when what answers is no site as it should be.</summary>
    Task<Outcome<SiteModel>> Ask(string mepmAddress, CancellationToken cancel);
}

/// <summary>Over gRPC (site.v1.GetSite), a bounded number at a time: sites that hang do not keep the others from being asked.</summary>
internal sealed class SiteQuestions(GrpcChannels channels, TimeProvider clock) : ISiteQuestions, IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(4);

    private readonly SemaphoreSlim places = new(64, 64);

    public async Task<Outcome<SiteModel>> Ask(string mepmAddress, CancellationToken cancel)
    {
        await places.WaitAsync(cancel);
        try
        {
            var client = new Wire.SiteService.SiteServiceClient(channels.For(mepmAddress));
            var answer = await client.GetSiteAsync(new(), deadline: (clock.GetUtcNow() + Patience).UtcDateTime, cancellationToken: cancel);
            SiteRules.Check(answer.Site);
            return SiteWire.ToModel(answer.Site);
        }
        catch (RpcException e)
        {
            return e.ToFailure();
        }
        catch (FailureException e)
        {
            return e.Failure;
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            return Failure.Unavailable("SITE_SILENT", $"The MEPM at {mepmAddress} did not answer within {Patience.TotalSeconds:0} s.");
        }
        finally
        {
            places.Release();
        }
    }

    public void Dispose() => places.Dispose();
}
