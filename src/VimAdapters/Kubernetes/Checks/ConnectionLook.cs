using System.Globalization;
using System.Net;
using System.Security.Authentication;
using System.Text.Json.Nodes;
using Mano.Mesh.Failures;
using Mano.VimAdapters.Contract;
using Mano.VimAdapters.Kubernetes.Api;
using Mano.VimAdapters.Kubernetes.Capacity;
using Mano.VimAdapters.Kubernetes.Connection;

namespace Mano.VimAdapters.Kubernetes.Checks;

/// <summary>Looks at what a cluster needs to be of use, one thing after the other, and says what a person does about what is missing.</summary>
internal sealed class ConnectionLook(KubernetesParts parts, ClusterFacts facts)
{
    private const int OldestMinor = 25;
    private const string RoleRemedy = "bind the role of deploy/k8s/vim to it";

    public async Task<IReadOnlyList<ConnectionCheck>> LookAsync(CancellationToken cancellationToken)
    {
        var checks = new List<ConnectionCheck>();
        if (!await ReachAsync(checks, cancellationToken) || !await WhoAsync(checks, cancellationToken))
        {
            checks.Add(ConnectionCheck.Skipped("rights", "not looked at, because of what is above"));
            return checks;
        }

        foreach (var look in new Func<List<ConnectionCheck>, CancellationToken, Task>[] { RightsAsync, HomeAsync, CapacityAsync, StorageAsync, ExtrasAsync })
        {
            await GuardAsync(checks, () => look(checks, cancellationToken));
        }

        return checks;
    }

    private async Task<bool> ReachAsync(List<ConnectionCheck> checks, CancellationToken cancellationToken)
    {
        var server = parts.Api.Connection.Access.Server.ToString();
        KubeVersion? version = null;
        try
        {
            version = await parts.Api.ReadAsync("/version", KubeJson.Default.KubeVersion, cancellationToken);
        }
        catch (ApiRefusedException e) when (e.Status is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden)
        {
            // It answers; who we are comes next.
        }
        catch (ApiRefusedException e)
        {
            checks.Add(ConnectionCheck.Failed("address", $"{server} answers {(int)e.Status}: {ApiFailures.OneLine(e.Message)}", "give the address of a Kubernetes API server, and look whether it is well"));
            return false;
        }
        catch (FailureException e)
        {
            var isTls = Causes(e).Any(c => c is AuthenticationException);
            checks.Add(isTls ? ConnectionCheck.Ok("address", server) : ConnectionCheck.Failed("address", e.Failure.Message, "give an address at which the API server can be reached from this machine, and open the way to it"));
            checks.Add(isTls ? ConnectionCheck.Failed("TLS", e.Failure.Message, "give the authority that signed the server's certificate (certificate-authority-data), or the name in it (tls-server-name)")
                : ConnectionCheck.Skipped("TLS", "not looked at, because of what is above"));
            return false;
        }

        checks.Add(ConnectionCheck.Ok("address", server));
        checks.Add(parts.Api.Connection.Access.Trust.Insecure
            ? ConnectionCheck.Warning("TLS", "the server's certificate is not looked at (AllowInsecure)", "give certificate-authority-data instead")
            : ConnectionCheck.Ok("TLS", $"its certificate is of {parts.Api.Connection.Access.ExpectedName}"));
        checks.Add(Version(version));
        return true;
    }

    private static ConnectionCheck Version(KubeVersion? version)
    {
        var said = version?.GitVersion ?? "";
        var isKnown = int.TryParse(version?.Minor?.TrimEnd('+'), CultureInfo.InvariantCulture, out var minor) && version?.Major == "1";
        return version is null ? ConnectionCheck.Skipped("version", "the server does not say it without credentials")
            : isKnown && minor < OldestMinor ? ConnectionCheck.Failed("version", $"{said} is too old", $"upgrade it to 1.{OldestMinor} or newer: server-side apply with strict fields is needed")
            : ConnectionCheck.Ok("version", said);
    }

    private async Task<bool> WhoAsync(List<ConnectionCheck> checks, CancellationToken cancellationToken)
    {
        var question = new JsonObject { ["apiVersion"] = "authentication.k8s.io/v1", ["kind"] = "SelfSubjectReview" };
        try
        {
            var review = await parts.Api.AskAsync("/apis/authentication.k8s.io/v1/selfsubjectreviews", question, KubeJson.Default.SelfReview, cancellationToken);
            checks.Add(ConnectionCheck.Ok("credentials", $"we are {review.Status?.UserInfo?.Username}, by {parts.Api.Connection.Access.Source}"));
            return true;
        }
        catch (ApiRefusedException e) when (e.IsNotFound)
        {
            // Before 1.28; that the rights can be asked for shows that the credentials are taken.
            checks.Add(ConnectionCheck.Ok("credentials", "taken; this server does not say whose they are"));
            return true;
        }
        catch (ApiRefusedException e) when (e.Status is HttpStatusCode.Unauthorized)
        {
            checks.Add(ConnectionCheck.Failed("credentials", "the server refuses them (401)", "give a kubeconfig whose token or certificate is valid; a token of a service account ends when its time or its Secret does"));
        }
        catch (Exception e) when (e is ApiRefusedException or FailureException)
        {
            checks.Add(ConnectionCheck.Failed("credentials", ApiFailures.OneLine(e.Message), "see what is said"));
        }

        return false;
    }

    private async Task RightsAsync(List<ConnectionCheck> checks, CancellationToken cancellationToken)
    {
        foreach (var right in NeededRights.Of(parts.Options.ManageNamespaces))
        {
            var space = right.Where switch { RightScope.Home => parts.Mark.Home, RightScope.Computes => parts.Spaces.Scope, _ => "" };
            var denied = new List<string>();
            foreach (var verb in right.Verbs)
            {
                if (!await MayAsync(right, verb, space, cancellationToken))
                {
                    denied.Add(verb);
                }
            }

            var (name, where) = ($"right: {right.Name}", right.Where == RightScope.Cluster ? "" : space.Length == 0 ? " in all namespaces" : $" in namespace {space}");
            checks.Add(denied.Count == 0 ? ConnectionCheck.Ok(name, string.Join(", ", right.Verbs) + where)
                : right.Without is { } without ? ConnectionCheck.Warning(name, $"{string.Join(", ", denied)}{where}: not allowed; {without}", RoleRemedy)
                : ConnectionCheck.Failed(name, $"{string.Join(", ", denied)}{where}: not allowed", RoleRemedy));
        }
    }

    private async Task<bool> MayAsync(NeededRight right, string verb, string space, CancellationToken cancellationToken)
    {
        var (resource, sub) = right.Resource.Split('/') is [var r, var s] ? (r, s) : (right.Resource, "");
        var attributes = new JsonObject { ["verb"] = verb, ["group"] = right.Group, ["resource"] = resource };
        if (sub.Length > 0)
        {
            attributes["subresource"] = sub;
        }

        if (space.Length > 0)
        {
            attributes["namespace"] = space;
        }

        var question = new JsonObject
        {
            ["apiVersion"] = "authorization.k8s.io/v1", ["kind"] = "SelfSubjectAccessReview", ["spec"] = new JsonObject { ["resourceAttributes"] = attributes },
        };
        return (await parts.Api.AskAsync("/apis/authorization.k8s.io/v1/selfsubjectaccessreviews", question, KubeJson.Default.AccessReview, cancellationToken)).Status?.Allowed == true;
    }

    private async Task HomeAsync(List<ConnectionCheck> checks, CancellationToken cancellationToken)
    {
        const string Name = "namespace";
        var home = parts.Mark.Home;
        if (!parts.Options.ManageNamespaces)
        {
            // Who may work in one namespace often may not see whether it is there; that its secrets can be listed shows nothing.
            checks.Add(ConnectionCheck.Ok(Name, $"{home}, which must be there"));
            return;
        }

        var found = await parts.Api.FindAsync(ResourceKind.Namespace, "", home, KubeJson.Default.KubeObject, cancellationToken);
        checks.Add(found?.Metadata.DeletionTimestamp is not null ? ConnectionCheck.Failed(Name, $"{home} is being deleted", "wait until it is gone, or name another in Namespace")
            : ConnectionCheck.Ok(Name, found is null ? $"{home} will be made" : $"{home} is there"));
    }

    private async Task CapacityAsync(List<ConnectionCheck> checks, CancellationToken cancellationToken)
    {
        var offer = await facts.OfferAsync(cancellationToken);
        checks.Add(offer.Total is { MilliCpu: > 0, MemoryMib: > 0 }
            ? ConnectionCheck.Ok("capacity", string.Create(CultureInfo.InvariantCulture, $"{offer.Total} on {offer.Nodes} nodes; zones: {(offer.Zones.Count == 0 ? "none" : string.Join(", ", offer.Zones))}"))
            : ConnectionCheck.Failed("capacity", offer.Notes.FirstOrDefault(n => n is { Name: "capacity", Applied: false })?.Detail ?? "no node has CPU and memory for us",
                "let nodes be listed, give the namespace a quota, or set MilliCpu, MemoryMib and DiskGib"));
    }

    private async Task StorageAsync(List<ConnectionCheck> checks, CancellationToken cancellationToken)
    {
        const string Name = "storage class";
        var wanted = parts.Options.StorageClass;
        var (classes, _) = await parts.Api.ListAsync(ResourceKind.StorageClass, "", "", KubeJson.Default.ListOfAny, cancellationToken);
        var names = classes.Count == 0 ? "none" : string.Join(", ", classes.Select(c => c.Metadata.Name));
        var usual = classes.FirstOrDefault(c => c.Metadata.Annotations.GetValueOrDefault("storageclass.kubernetes.io/is-default-class") == "true");
        checks.Add(wanted.Length > 0
            ? classes.Any(c => c.Metadata.Name == wanted) ? ConnectionCheck.Ok(Name, wanted) : ConnectionCheck.Failed(Name, $"'{wanted}' is not there; there are {names}", "name one of those in StorageClass")
            : usual is not null ? ConnectionCheck.Ok(Name, $"{usual.Metadata.Name}, the cluster's default")
            : ConnectionCheck.Warning(Name, $"the cluster has no default; there are {names}", "name one in StorageClass, else computes with volumes stay unscheduled"));
    }

    private async Task ExtrasAsync(List<ConnectionCheck> checks, CancellationToken cancellationToken)
    {
        var capabilities = await facts.CapabilitiesAsync(cancellationToken);
        string Note(VimCapability capability) => capabilities.Notes.FirstOrDefault(n => n.Name == capability.ToString())?.Detail ?? "";
        checks.Add(capabilities.Has(VimCapability.HelmCharts) ? ConnectionCheck.Ok("helm", Note(VimCapability.HelmCharts))
            : ConnectionCheck.Skipped("helm", Note(VimCapability.HelmCharts), "install helm 3 beside this program where packages bring charts"));
        checks.Add(capabilities.Has(VimCapability.Statistics) ? ConnectionCheck.Ok("statistics", "metrics.k8s.io is there")
            : ConnectionCheck.Skipped("statistics", Note(VimCapability.Statistics), "install metrics-server where usage is to be seen"));
    }

    private static async Task GuardAsync(List<ConnectionCheck> checks, Func<Task> look)
    {
        try
        {
            await look();
        }
        catch (ApiRefusedException e)
        {
            checks.Add(ConnectionCheck.Warning(e.Asked, $"{(int)e.Status}: {ApiFailures.OneLine(e.Message)}", RoleRemedy));
        }
        catch (FailureException e)
        {
            checks.Add(ConnectionCheck.Failed("address", e.Failure.Message, "look whether the API server is well"));
        }
    }

    private static IEnumerable<Exception> Causes(Exception? e)
    {
        for (; e is not null; e = e.InnerException)
        {
            yield return e;
        }
    }
}
