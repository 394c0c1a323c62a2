using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Mano.Common.V1;
using Mano.Mesh.Failures;
using Mano.Mesh.Hosting;
using Mano.Site.V1;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Mano.Meo.Tests.World;

/// <summary>What a fake site does with what it is told.</summary>
internal enum SiteScript
{
    /// <summary>All of it, at once.</summary>
    Obey,

    /// <summary>Stores it and gets no further than Allocated, until <see cref="FakeSite.Finish"/>.</summary>
    Linger,

    /// <summary>Stores it and reports that it cannot be done.</summary>
    GiveUp,

    /// <summary>Answers UNAVAILABLE and stores nothing.</summary>
    BeAway,
}

/// <summary>A MEPM as far as the MEO can tell: SiteService on a real port, keeping the rules of generations.</summary>
internal sealed class FakeSite : IAsyncDisposable
{
    private static readonly string[] Conditions = ["Allocated", "Running", "Configured", "Ready", "RulesActive"];

    private readonly Lock gate = new();
    private readonly SortedDictionary<string, AppInstance> instances = new(StringComparer.Ordinal);
    private readonly Dictionary<string, long> newest = [];
    private readonly List<Channel<WatchAppInstancesResponse>> watchers = [];

    // Keeps its port from being given to anybody else while it is away: bound, and nobody listens.
    private readonly Socket place = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private WebApplication? host;

    public FakeSite() => place.Bind(new IPEndPoint(IPAddress.Loopback, 0));

    public SiteScript Script { get; set; }

    /// <summary>Why it gives up.</summary>
    public Common.V1.Failure Failure { get; set; } = new() { Reason = "IMAGE_UNREADABLE", Message = "The image cannot be read.", Subject = "image/img" };

    /// <summary>Every desired state that was stored, in order.</summary>
    public ConcurrentQueue<DesiredAppInstance> Told { get; } = [];

    /// <summary>Every removal that was asked for, in order.</summary>
    public ConcurrentQueue<RemoveAppInstanceIfAnyRequest> Removals { get; } = [];

    /// <summary>Whether the MEO follows its instances.</summary>
    public bool Watched
    {
        get
        {
            lock (gate)
            {
                return watchers.Count > 0;
            }
        }
    }

    public string Address => BoundAddresses.Of(host!).Grpc;

    public IReadOnlyList<AppInstance> Instances
    {
        get
        {
            lock (gate)
            {
                return [.. instances.Values.Select(i => i.Clone())];
            }
        }
    }

    public async Task Start(int port = 0)
    {
        var listen = new ListenOptions { Grpc = new(IPAddress.Loopback, port > 0 ? port : ((IPEndPoint)place.LocalEndPoint!).Port) };
        var builder = MeshHost.CreateBuilder("fake-site", listen, LogLevel.Warning);
        builder.Services.AddSingleton(this);
        host = builder.Build();
        host.MapGrpcService<FakeSiteService>();
        await host.StartAsync();
    }

    /// <summary>Goes away, forgets everything when <paramref name="forget"/>, and comes back at the same address.</summary>
    public async Task Restart(bool forget = false)
    {
        var port = new Uri(Address).Port;
        await Stop();
        lock (gate)
        {
            if (forget)
            {
                instances.Clear();
                newest.Clear();
            }
        }

        await Start(port);
    }

    public async Task Stop()
    {
        lock (gate)
        {
            watchers.ForEach(w => w.Writer.TryComplete());
            watchers.Clear();
        }

        if (host is not null)
        {
            await host.StopAsync();
            await host.DisposeAsync();
            host = null;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Stop();
        place.Dispose();
    }

    /// <summary>Ends every watch with that status.</summary>
    public void BreakWatches(StatusCode code)
    {
        lock (gate)
        {
            watchers.ForEach(w => w.Writer.TryComplete(new RpcException(new Status(code, "broken off"))));
            watchers.Clear();
        }
    }

    /// <summary>Does what it had put off.</summary>
    public void Finish()
    {
        lock (gate)
        {
            Script = SiteScript.Obey;
            foreach (var id in instances.Keys.ToList())
            {
                if (instances[id].Phase == AppInstance.Types.Phase.Terminating)
                {
                    Forget(id);
                }
                else
                {
                    Report(Steady(instances[id]));
                }
            }
        }
    }

    /// <summary>Loses an instance, and with it every memory of it.</summary>
    public void Lose(string id)
    {
        lock (gate)
        {
            Forget(id);
            newest.Remove(id);
        }
    }

    /// <summary>Has an instance as it was at an earlier generation, as after a restore of its records.</summary>
    public void GoBack(string id, long generation)
    {
        lock (gate)
        {
            newest[id] = generation;
            instances[id].Generation = generation;
            Report(Steady(instances[id]));
        }
    }

    public AppInstance Ensure(DesiredAppInstance desired)
    {
        lock (gate)
        {
            Accept(desired.AppInstanceId, desired.Generation);
            Told.Enqueue(desired);
            var instance = new AppInstance
            {
                AppInstanceId = desired.AppInstanceId, Generation = desired.Generation, HostId = desired.HostId, Phase = AppInstance.Types.Phase.Progressing,
            };
            Report(Script switch
            {
                SiteScript.Obey => Steady(instance),
                SiteScript.GiveUp => GivenUp(instance),
                _ => Allocated(instance),
            });
            return instances[desired.AppInstanceId].Clone();
        }
    }

    public bool Remove(RemoveAppInstanceIfAnyRequest request)
    {
        lock (gate)
        {
            Accept(request.AppInstanceId, request.Generation);
            Removals.Enqueue(request);
            if (!instances.TryGetValue(request.AppInstanceId, out var instance))
            {
                return true;
            }

            if (Script == SiteScript.Linger)
            {
                instance.Phase = AppInstance.Types.Phase.Terminating;
                Report(instance);
                return false;
            }

            Forget(request.AppInstanceId);
            return true;
        }
    }

    /// <summary>A snapshot, then every change.</summary>
    public ChannelReader<WatchAppInstancesResponse> Watch()
    {
        lock (gate)
        {
            var channel = Channel.CreateUnbounded<WatchAppInstancesResponse>();
            foreach (var instance in instances.Values)
            {
                channel.Writer.TryWrite(new() { Changed = instance.Clone() });
            }

            channel.Writer.TryWrite(new() { Synced = new() });
            watchers.Add(channel);
            return channel.Reader;
        }
    }

    private void Accept(string id, long generation)
    {
        if (Script == SiteScript.BeAway)
        {
            throw Mesh.Failures.Failure.Unavailable("STORE_AWAY", "The site's store is away.").ToException();
        }

        if (newest.TryGetValue(id, out var seen) && seen > generation)
        {
            throw Mesh.Failures.Failure.Conflict("GENERATION_OLD", $"Generation {seen} was seen.", id).ToException();
        }

        newest[id] = generation;
    }

    private void Report(AppInstance instance)
    {
        instances[instance.AppInstanceId] = instance;
        Tell(new() { Changed = instance.Clone() });
    }

    private void Forget(string id)
    {
        instances.Remove(id);
        Tell(new() { Gone = new() { AppInstanceId = id, Generation = newest[id] } });
    }

    private void Tell(WatchAppInstancesResponse happened) => watchers.ForEach(w => w.Writer.TryWrite(happened));

    private static AppInstance Steady(AppInstance instance)
    {
        instance.Phase = AppInstance.Types.Phase.Steady;
        instance.ObservedGeneration = instance.Generation;
        instance.Endpoint = new() { Address = "127.0.9.1", Ports = { new Port { Name = "http", Protocol = "TCP", Number = 8080 } } };
        instance.Conditions.Clear();
        instance.Conditions.AddRange(Conditions.Select(c => Condition(c, Common.V1.Condition.Types.Status.True)));
        return instance;
    }

    private static AppInstance Allocated(AppInstance instance)
    {
        instance.ObservedGeneration = instance.Generation;
        instance.Conditions.Add(Condition("Allocated", Common.V1.Condition.Types.Status.True));
        instance.Conditions.Add(Condition("Running", Common.V1.Condition.Types.Status.False, "boots"));
        return instance;
    }

    private AppInstance GivenUp(AppInstance instance)
    {
        instance.Phase = AppInstance.Types.Phase.Failed;
        instance.ObservedGeneration = instance.Generation;
        instance.Failure = Failure;
        return instance;
    }

    private static Condition Condition(string type, Condition.Types.Status status, string message = "") => new()
    {
        Type = type, Status = status, Message = message, LastTransitionTime = Timestamp.FromDateTime(DateTime.UnixEpoch),
    };
}
