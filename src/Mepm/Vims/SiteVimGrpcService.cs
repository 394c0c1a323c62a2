using Grpc.Core;
using Mano.Mesh.Failures;
using Mano.Site.V1;
using Mano.VimAdapters.Registration;

namespace Mano.Mepm.Vims;

/// <summary>VIM connections and hosts of this site, for its operators (site.v1).</summary>
internal sealed class SiteVimGrpcService(SiteVims vims, SiteHosts hosts, VimViews views, VimAdapterCatalogue adapters, OperatorGate gate) : SiteVimService.SiteVimServiceBase
{
    public override Task<ListAdaptersResponse> ListAdapters(ListAdaptersRequest request, ServerCallContext context)
    {
        gate.Admit(context);
        var answer = new ListAdaptersResponse();
        answer.Adapters.AddRange(views.Adapters());
        return Task.FromResult(answer);
    }

    public override async Task<AddVimResponse> AddVim(AddVimRequest request, ServerCallContext context)
    {
        gate.Admit(context);
        VimRequests.CheckName(request.Name);
        var settings = Read(request, context);
        var verdict = await vims.Add(request.Name, request.Adapter, settings, request.SkipTest, context.CancellationToken);
        var answer = new AddVimResponse { Vim = verdict.Vim is { } vim ? views.Of(vim) : null };
        answer.Checks.AddRange(VimViews.ToWire(verdict.Checks));
        return answer;
    }

    public override Task<ListVimsResponse> ListVims(ListVimsRequest request, ServerCallContext context)
    {
        gate.Admit(context);
        var answer = new ListVimsResponse();
        answer.Vims.AddRange(views.All());
        return Task.FromResult(answer);
    }

    public override async Task<TestVimResponse> TestVim(TestVimRequest request, ServerCallContext context)
    {
        gate.Admit(context);
        var answer = new TestVimResponse();
        answer.Checks.AddRange(VimViews.ToWire(request.WhatCase switch
        {
            TestVimRequest.WhatOneofCase.Name => await vims.Test(request.Name),
            TestVimRequest.WhatOneofCase.Untried => await vims.TestUntried(request.Untried.Adapter, Read(request.Untried, context)),
            _ => throw VimRequests.Refused("what", "the name of a VIM, or one that is not added, is needed."),
        }));
        return answer;
    }

    public override async Task<UpdateVimResponse> UpdateVim(UpdateVimRequest request, ServerCallContext context)
    {
        gate.Admit(context);
        VimRequests.CheckName(request.Name);
        if (request.Settings.Count + request.Secrets.Count == 0)
        {
            throw VimRequests.Refused("settings", "nothing is named that shall change.");
        }

        var verdict = await vims.Update(request.Name, adapter => Read(adapter, request.Settings, request.Secrets, context), request.SkipTest, context.CancellationToken);
        var answer = new UpdateVimResponse { Vim = verdict.Vim is { } vim ? views.Of(vim) : null };
        answer.Checks.AddRange(VimViews.ToWire(verdict.Checks));
        return answer;
    }

    public override async Task<RemoveVimIfAnyResponse> RemoveVimIfAny(RemoveVimIfAnyRequest request, ServerCallContext context)
    {
        gate.Admit(context);
        await vims.RemoveIfAny(request.Name, context.CancellationToken);
        return new();
    }

    public override async Task<AddHostResponse> AddHost(AddHostRequest request, ServerCallContext context)
    {
        gate.Admit(context);
        var host = await hosts.Add(VimRequests.Read(request.Host), context.CancellationToken);
        return new() { Host = views.Of(host.HostId) };
    }

    public override async Task<RemoveHostIfAnyResponse> RemoveHostIfAny(RemoveHostIfAnyRequest request, ServerCallContext context)
    {
        gate.Admit(context);
        await hosts.RemoveIfAny(request.HostId, context.CancellationToken);
        return new();
    }

    public override Task<ListHostsResponse> ListHosts(ListHostsRequest request, ServerCallContext context)
    {
        gate.Admit(context);
        var answer = new ListHostsResponse();
        answer.Hosts.AddRange(views.AllHosts());
        return Task.FromResult(answer);
    }

    public override async Task<RotateKeyResponse> RotateKey(RotateKeyRequest request, ServerCallContext context)
    {
        gate.Admit(context);
        return new() { Secrets = await vims.RotateKey(context.CancellationToken) };
    }

    private VimSettings Read(AddVimRequest request, ServerCallContext context) => Read(request.Adapter, request.Settings, request.Secrets, context);

    private VimSettings Read(
        string adapter, IEnumerable<KeyValuePair<string, string>> settings, IEnumerable<KeyValuePair<string, string>> secrets, ServerCallContext context)
    {
        var read = VimSettings.Of(adapters, adapter, settings, secrets);
        if (read.SecretValues.Count > 0)
        {
            OperatorGate.AdmitSecrets(context);
        }

        return read;
    }
}
