using System.Net;
using System.Text;
using System.Text.Json;
using Mano.Meo.Rest;
using Mano.Testing;

namespace Mano.Meo.Tests.Rest;

/// <summary>A client whose answers pass the validating proxy, and which remembers what it walked: every operation of the file has to succeed once and to fail once.</summary>
internal sealed class Through(PrismProxy prism, OpenApiFile file, string root)
{
    private readonly List<(string Method, string Path, int Status)> seen = [];

    /// <summary>Its Location below the root, if it has one.</summary>
    public async Task<string> Is(HttpMethod method, string path, int status, string? body = null, string type = "application/json", string? accept = null)
    {
        var (answer, text) = await Send(method, path, body, type, accept);
        Assert.True((int)answer.StatusCode == status && !text.Contains("stoplight.io/prism/errors", StringComparison.Ordinal), $"{method} {path}: {(int)answer.StatusCode} {text}");
        if (status >= 400)
        {
            Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
        }

        seen.Add((method.Method, path.Split('?')[0], status));
        var location = answer.Headers.Location?.ToString() ?? "";
        answer.Dispose();
        return location.Length == 0 ? "" : location[(location.IndexOf(root, StringComparison.Ordinal) + root.Length)..];
    }

    /// <summary>Every operation of the file: served, with a success and an error that the proxy let pass; or not offered, and said so.</summary>
    public async Task AssertWalked()
    {
        var missing = new List<string>();
        foreach (var (method, template) in file.Operations)
        {
            if (NotOffered.All.FirstOrDefault(o => o.Root == root && o.Path == template) is { Reason: { } reason })
            {
                await AssertRefused(method, template, reason);
                continue;
            }

            var statuses = seen.Where(s => s.Method == method && file.TemplateOf(method, s.Path) == template).Select(s => s.Status).ToList();
            missing.AddRange(new[] { (Kind: "success", Is: statuses.Exists(s => s < 400)), (Kind: "error", Is: statuses.Exists(s => s >= 400)) }
                .Where(k => !k.Is).Select(k => $"{method} {template}: no {k.Kind} was seen"));
        }

        Assert.True(missing.Count == 0, string.Join('\n', missing));
        Assert.All(seen, s => Assert.NotNull(file.TemplateOf(s.Method, s.Path)));
    }

    /// <summary>Past the proxy, whose file knows no 501.</summary>
    private async Task AssertRefused(string method, string template, string reason)
    {
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(new(method), prism.Upstream + template.Replace("{appInstanceId}", "any", StringComparison.Ordinal)) { Content = RestClient.Json("{}") };
        using var answer = await http.SendAsync(request);
        Assert.Equal(HttpStatusCode.NotImplemented, answer.StatusCode);
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
        using var problem = JsonDocument.Parse(await answer.Content.ReadAsStringAsync());
        Assert.EndsWith(reason, problem.RootElement.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    private async Task<(HttpResponseMessage Answer, string Text)> Send(HttpMethod method, string path, string? body, string type, string? accept)
    {
        using var request = new HttpRequestMessage(method, path);
        if (body is not null)
        {
            request.Content = new StringContent(body, Encoding.UTF8, type);
        }

        if (accept is not null)
        {
            request.Headers.TryAddWithoutValidation("Accept", accept);
        }

        var answer = await prism.Http.SendAsync(request);
        return (answer, await answer.Content.ReadAsStringAsync());
    }
}
