using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Mano.MecPlatform.AppSupport;
using Mano.Mesh.Failures;
using Mano.Mesh.Rest;

namespace Mano.MecPlatform.Mp1;

/// <summary>An instance's traffic and DNS rules over Mp1: they come from the AppD, the application may read them and switch them off and on.</summary>
internal sealed class RuleEndpoints(Applications applications, ApplicationRequests requests)
{
    public void Map(WebApplication app, string instance)
    {
        var traffic = new Kind<TrafficRuleBody>(
            true, view => [.. view.TrafficRules.Select(TrafficRuleBody.Of)], body => body.TrafficRuleId, body => body.State, (body, state) => body with { State = state });
        var dns = new Kind<DnsRuleBody>(
            false, view => [.. view.DnsRules.Select(DnsRuleBody.Of)], body => body.DnsRuleId, body => body.State, (body, state) => body with { State = state });
        Map(app, $"{instance}/traffic_rules", traffic);
        Map(app, $"{instance}/dns_rules", dns);
    }

    private void Map<T>(WebApplication app, string path, Kind<T> kind)
        where T : class
    {
        app.MapGet(path, (RequestDelegate)(context => context.WriteBody(kind.All(context.FindInstance(applications)), RuleJson.For<T[]>())));
        app.MapGet($"{path}/{{ruleId}}", (RequestDelegate)(context => Get(context, kind)));
        app.MapPut($"{path}/{{ruleId}}", (RequestDelegate)(context => Put(context, kind)));
    }

    private Task Get<T>(HttpContext context, Kind<T> kind)
        where T : class => WriteRule(context, Find(context, kind, context.FindInstance(applications)));

    /// <summary>PUT replaces the rule, of which <c>state</c> alone may change: everything else was agreed in the AppD.</summary>
    private async Task Put<T>(HttpContext context, Kind<T> kind)
        where T : class
    {
        var before = Find(context, kind, context.FindInstance(applications));
        var wanted = await context.ReadBody(RuleJson.For<T>());
        var state = kind.State(wanted);
        if (!Enum.IsDefined(state))
        {
            throw Failure.InvalidInput("BAD_STATE", "state is missing; ACTIVE or INACTIVE is needed.").ToException();
        }

        var change = new RuleSwitch(kind.IsTraffic, kind.Id(before), state == RuleStateName.Active, Check);
        await WriteRule(context, Find(context, kind, await requests.Switch(context.Instance(), change, context.RequestAborted)));

        // In the instance's turn: of two who read the same tag, one wins.
        void Check(ApplicationView view)
        {
            var present = Find(context, kind, view);
            context.RequireMatch(RestExchange.EtagOf(present, RuleJson.For<T>()));
            if (!Same(kind.With(wanted, RuleStateName.Active), kind.With(present, RuleStateName.Active), RuleJson.For<T>()))
            {
                throw Failure.InvalidInput("ONLY_STATE_CHANGES", "The body changes more than 'state'; the rest of a rule comes from the application descriptor and is changed there.").ToException();
            }
        }
    }

    private static Task WriteRule<T>(HttpContext context, T rule)
        where T : class
    {
        context.Response.Headers.ETag = RestExchange.EtagOf(rule, RuleJson.For<T>());
        return context.WriteBody(rule, RuleJson.For<T>());
    }

    private static T Find<T>(HttpContext context, Kind<T> kind, ApplicationView view)
        where T : class
    {
        var id = context.Named("ruleId");
        return kind.All(view).FirstOrDefault(r => kind.Id(r) == id)
            ?? throw Failure.NotFound("RULE_UNKNOWN", $"Instance {view.Record.AppInstanceId} has no rule '{id}'.", view.Record.Subject).ToException();
    }

    private static bool Same<T>(T left, T right, JsonTypeInfo<T> type) =>
        JsonSerializer.SerializeToUtf8Bytes(left, type).AsSpan().SequenceEqual(JsonSerializer.SerializeToUtf8Bytes(right, type));

    /// <summary>What differs between traffic and DNS rules.</summary>
    private sealed record Kind<T>(
        bool IsTraffic, Func<ApplicationView, T[]> All, Func<T, string> Id, Func<T, RuleStateName> State, Func<T, RuleStateName, T> With);
}
