using System.Text;
using Connect.Sandbox.Clock;

namespace Connect.Sandbox.Stripe;

/// <summary>
/// Does what is due by the sandbox's clock: things that happen by themselves, and the delivery of events. It begins when the host starts, so a sandbox that
/// was killed delivers afterwards what it had promised. An endpoint may call the API while it takes an event.
/// </summary>
internal sealed partial class StripeClockwork(
    StripeWork work, StripeSandboxWebhooks webhooks, IHttpClientFactory http, TimeProvider clock, IHostApplicationLifetime lifetime, ILogger<StripeClockwork> logger)
    : BackgroundService, IDueWork
{
    /// <summary>The HTTP client that events are sent with.</summary>
    public const string HttpClientName = "stripe-sandbox-webhooks";

    // A clock that can be moved does not say so to those who wait for it, nor a host that it has set its targets.
    private static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(1);

    private readonly SemaphoreSlim _one = new(1, 1);

    /// <inheritdoc />
    public Task<DateTimeOffset?> NextDue() => work.PeekAsync(unit => (unit.NextDue(), unit.NextDeliveryDue(webhooks.Configured)) switch
    {
        (null, var delivery) => delivery,
        (var later, null) => later,
        var (later, delivery) => later < delivery ? later : delivery,
    });

    /// <inheritdoc />
    public async Task RunDue()
    {
        await _one.WaitAsync();
        try
        {
            while (await work.RunAsync((unit, now) => unit.NextDelivery(now, webhooks.Configured) is { } next ? (Next: next, Letter: Letter(unit, next)) : default) is
                { Next: { } delivery, Letter: var letter })
            {
                await DeliverAsync(delivery, letter);
            }
        }
        finally
        {
            _one.Release();
        }
    }

    /// <inheritdoc />
    public override void Dispose()
    {
        _one.Dispose();
        base.Dispose();
    }

    /// <inheritdoc />
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // The endpoint may be this very program, which takes nothing before it has started.
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var whenStarted = lifetime.ApplicationStarted.Register(started.SetResult);
        await started.Task.WaitAsync(stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        while (!stoppingToken.IsCancellationRequested)
        {
            var changed = work.ChangedAsync();
            try
            {
                await RunDue();
                var wait = Timeout.InfiniteTimeSpan;
                if (await NextDue() is { } due)
                    wait = TimeSpan.FromTicks(Math.Clamp((due - clock.GetUtcNow()).Ticks, TimeSpan.TicksPerMillisecond, LookAgain.Ticks));
                else if (await work.PeekAsync(unit => unit.HasPendingDeliveries()))
                    wait = LookAgain;
                using var over = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
                await Task.WhenAny(changed, Task.Delay(wait, clock, over.Token));
                await over.CancelAsync();
            }
            catch (Exception error) when (error is not OperationCanceledException)
            {
                LogFailure(error);
                await Task.Delay(LookAgain, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private (StripeWebhookTarget Target, string Body)? Letter(StripeUnit unit, Delivery delivery) =>
        webhooks.Target(unit, delivery.Endpoint) is { } target && unit.Find<StripeEvent>(delivery.Event) is { } happened
            ? (target, happened.Render().ToJsonString(StripeObject.Wire))
            : null;

    private async Task DeliverAsync(Delivery delivery, (StripeWebhookTarget Target, string Body)? letter)
    {
        if (letter is not var (target, body))
        {
            await work.RunAsync((unit, now) => Write(unit, delivery with { State = DeliveryState.Failed, Due = now }));
            return;
        }

        var at = clock.GetUtcNow();
        var attempt = await PostAsync(target, body, at);
        delivery = delivery with { Attempts = [.. delivery.Attempts, attempt], Due = at };
        if (attempt.Succeeded)
            delivery = delivery with { State = DeliveryState.Delivered };
        else if (RetryPlan.Next(delivery.Attempts.Count, delivery.Attempts[0].At, at) is { } next)
            delivery = delivery with { Due = next };
        else
            delivery = delivery with { State = DeliveryState.Failed };
        await work.RunAsync((unit, _) => Write(unit, delivery));
    }

    private static bool Write(StripeUnit unit, Delivery delivery)
    {
        unit.Put(delivery);
        if (delivery.State == DeliveryState.Delivered && unit.Find<StripeEvent>(delivery.Event) is { PendingWebhooks: > 0 } happened)
            unit.Put(happened with { PendingWebhooks = happened.PendingWebhooks - 1 });
        return true;
    }

    private async Task<DeliveryAttempt> PostAsync(StripeWebhookTarget target, string body, DateTimeOffset at)
    {
        try
        {
            using var client = http.CreateClient(HttpClientName);
            using var request = new HttpRequestMessage(HttpMethod.Post, target.Url) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
            request.Headers.Add("Stripe-Signature", StripeSignature.Header(body, target.Secret, at));
            request.Headers.UserAgent.ParseAdd("Stripe/1.0 (+https://stripe.com/docs/webhooks)");
            using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
            return new DeliveryAttempt(at, (int)response.StatusCode, null);
        }
        catch (Exception error) when (error is HttpRequestException or OperationCanceledException)
        {
            return new DeliveryAttempt(at, null, error.Message);
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "The Stripe sandbox could not do what was due; it goes on in a second.")]
    private partial void LogFailure(Exception error);
}
