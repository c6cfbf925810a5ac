using Microsoft.Extensions.Options;

namespace Connect.Sandbox.Stripe;

/// <summary>Plans the delivery of events, and misbehaves on request. The mischief is kept in memory: a restart ends it. What is planned is durable.</summary>
public sealed class StripeSandboxWebhooks
{
    private static readonly TimeSpan ReorderSpan = TimeSpan.FromSeconds(5);

    private readonly Lock _lock = new();
    private readonly IOptions<StripeSandboxOptions> _options;
    private WebhookMischief _mischief = new();

    /// <summary>Made by the host.</summary>
    public StripeSandboxWebhooks(IOptions<StripeSandboxOptions> options) => _options = options;

    /// <summary>How new events are delivered.</summary>
    /// <exception cref="ArgumentException">It makes no sense (see <see cref="WebhookMischief.Problem"/>).</exception>
    public WebhookMischief Mischief
    {
        get
        {
            lock (_lock)
                return _mischief;
        }

        set
        {
            if (value.Problem() is { } problem)
                throw new ArgumentException(problem, nameof(value));
            lock (_lock)
                _mischief = value;
        }
    }

    /// <summary>How many targets of the host are set.</summary>
    internal int Configured => _options.Value.Webhooks.Count;

    /// <summary>Writes an event and plans its deliveries.</summary>
    internal void Announce(StripeUnit unit, StripeEvent happened, DateTimeOffset now)
    {
        var endpoints = Endpoints(unit).Where(endpoint => endpoint.Wants(happened.Type)).Select(endpoint => endpoint.Id).ToList();

        // A host that has not set its targets yet since its restart gets these events when it has.
        for (var target = Configured + 1; target <= (Configured == 0 ? unit.TargetsKnown() : 0); target++)
            endpoints.Add($"{StripeUnit.ConfiguredPrefix}{target}");
        unit.Put(happened with { PendingWebhooks = endpoints.Count });
        if (endpoints.Count == 0)
            return;
        var mischief = Take(happened.Type);
        var due = now.AddSeconds(mischief.DelaySeconds);
        if (mischief.Reorder)
            due = new DateTimeOffset((due.Ticks / ReorderSpan.Ticks + 1) * ReorderSpan.Ticks, TimeSpan.Zero);
        foreach (var endpoint in endpoints)
        {
            for (var copy = 0; copy <= mischief.Duplicate; copy++)
                unit.PlanDelivery(happened.Id, endpoint, due, mischief.Drop ? DeliveryState.Dropped : DeliveryState.Pending, mischief.Reorder);
        }
    }

    /// <summary>Plans deliveries of events once more, at once and without mischief.</summary>
    /// <returns>How many.</returns>
    internal int Redeliver(StripeUnit unit, IEnumerable<StripeEvent> events, DateTimeOffset now)
    {
        var planned = 0;
        foreach (var happened in events)
        {
            foreach (var endpoint in Endpoints(unit).Where(endpoint => endpoint.Wants(happened.Type)))
            {
                unit.PlanDelivery(happened.Id, endpoint.Id, now, DeliveryState.Pending, newestFirst: false);
                planned++;
            }
        }

        return planned;
    }

    /// <summary>Where a delivery goes now, or null when its endpoint is no more.</summary>
    internal StripeWebhookTarget? Target(StripeUnit unit, string endpointId) =>
        Endpoints(unit).FirstOrDefault(endpoint => endpoint.Id == endpointId) is { } found ? new(new Uri(found.Url), found.Sandbox.Secret) : null;

    // Those of the API, and those of the host, which are the same ones after a restart although their addresses and secrets may have changed.
    private IEnumerable<StripeWebhookEndpoint> Endpoints(StripeUnit unit) => _options.Value.Webhooks
        .Select((target, i) => new StripeWebhookEndpoint
        {
            Id = $"{StripeUnit.ConfiguredPrefix}{i + 1}",
            Created = 0,
            EnabledEvents = [StripeWebhookEndpoint.All],
            Sandbox = new WebhookEndpointSecrets(target.Secret),
            Url = target.Url.AbsoluteUri,
        })
        .Concat(unit.List(new StripeListQuery { Kind = StripeWebhookEndpoint.Kind, Limit = 100 }).Cast<StripeWebhookEndpoint>());

    private WebhookMischief Take(string type)
    {
        lock (_lock)
        {
            var present = _mischief;
            if (present.Type is { } prefix && !type.StartsWith(prefix, StringComparison.Ordinal))
                return new WebhookMischief();
            if (present.Count is { } count)
                _mischief = count > 1 ? present with { Count = count - 1 } : new WebhookMischief();
            return present;
        }
    }
}
