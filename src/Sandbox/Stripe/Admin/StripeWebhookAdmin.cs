using System.Text.Json;

namespace Connect.Sandbox.Stripe;

/// <summary><c>/webhooks</c>: shows every delivery, misbehaves, delivers again.</summary>
internal static class StripeWebhookAdmin
{
    /// <summary>Maps them.</summary>
    public static void Map(IEndpointRouteBuilder group)
    {
        group.MapGet("/webhooks", ShowAsync);
        group.MapPost("/webhooks/mischief", MisbehaveAsync);
        group.MapDelete("/webhooks/mischief", (StripeSandboxWebhooks webhooks) => TypedResults.Json(webhooks.Mischief = new WebhookMischief()));
        group.MapPost("/webhooks/redeliver", RedeliverAsync);
    }

    private static async Task<IResult> ShowAsync(StripeWork work, StripeSandboxWebhooks webhooks, string? @event = null) => TypedResults.Json(new
    {
        mischief = webhooks.Mischief,
        deliveries = await work.RunAsync((unit, _) => unit.Deliveries(@event).Select(delivery => new
        {
            delivery.Event,
            unit.Find<StripeEvent>(delivery.Event)!.Type,
            delivery.Endpoint,
            webhooks.Target(unit, delivery.Endpoint)?.Url,
            delivery.State,
            delivery.Due,
            delivery.Attempts,
        }).ToList()),
    });

    private static async Task<IResult> MisbehaveAsync(HttpContext context, StripeSandboxWebhooks webhooks)
    {
        try
        {
            webhooks.Mischief = await context.Request.ReadFromJsonAsync<WebhookMischief>(context.RequestAborted) ?? new WebhookMischief();
            return TypedResults.Json(webhooks.Mischief);
        }
        catch (Exception error) when (error is JsonException or ArgumentException or InvalidOperationException)
        {
            return StripeAdmin.Problem(StatusCodes.Status400BadRequest, error.Message);
        }
    }

    private static async Task<IResult> RedeliverAsync(HttpContext context, StripeWork work, StripeSandboxWebhooks webhooks)
    {
        if (await StripeAdmin.BodyAsync<RedeliveryOrder>(context) is not { } order || (order.Event is null && order.Since is null))
            return StripeAdmin.Problem(StatusCodes.Status400BadRequest, "The body is JSON with event (an id) or since (a time).");
        var planned = await work.RunAsync((unit, now) =>
        {
            IReadOnlyList<StripeEvent> events = order.Event is { } id
                ? unit.Find<StripeEvent>(id) is { } found ? [found] : []
                : unit.EventsSince(order.Since!.Value);
            return webhooks.Redeliver(unit, events, now);
        });
        return TypedResults.Json(new { planned });
    }

    private sealed record RedeliveryOrder(string? Event, DateTimeOffset? Since);
}
