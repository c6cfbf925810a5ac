using System.Text;
using Connect.Api.Application;
using Connect.Api.Problems;
using Connect.Purchases;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Connect.Api.Webhooks;

/// <summary>
/// Where Stripe tells that something happened. An event is answered with 200 once it is durable, and worked on afterwards. What is refused with 400 is not
/// Stripe's or not for us, and repeating it is no use; 503 asks Stripe to send it again. Purchases do not depend on it: a lost event only makes them look for themselves.
/// </summary>
internal static class WebhookEndpoints
{
    /// <summary>Setting: the secret that Stripe shows for this endpoint. Without it every event is refused with 503, so that none is lost while it is missing.</summary>
    public const string SecretSetting = "Stripe:WebhookSecret";

    /// <summary>
    /// Setting: the secret that was valid before, for as long as Stripe still signs with it. So a new one can be configured before Stripe changes over, or after it, and no event is refused.
    /// </summary>
    public const string PreviousSecretSetting = "Stripe:WebhookSecretPrevious";

    /// <summary>Path of the endpoint.</summary>
    public const string Path = "/webhooks/stripe";

    /// <summary>Longest body taken, in bytes; Stripe's events are a few kilobytes.</summary>
    public const int MaxBytes = 256 * 1024;

    public static void MapWebhooks(this WebApplication app, bool sandbox)
    {
        if (!sandbox && string.IsNullOrWhiteSpace(app.Configuration[SecretSetting]))
        {
            app.Logger.LogWarning(
                "{Setting} is not configured: {Path} refuses every event. Purchases work, but what happens at Stripe alone is noticed late.", SecretSetting, Path);
        }

        app.MapPost(Path, Receive).AllowAnonymous().DisableAntiforgery().ExcludeFromDescription();
        app.Map(Path, NotThisMethod).AllowAnonymous().ExcludeFromDescription();
        app.Map("/webhooks/{**anything}", () => Refuse.NotFound("address").ToHttp()).AllowAnonymous().ExcludeFromDescription();
    }

    private static ProblemResult NotThisMethod(HttpContext http)
    {
        http.Response.Headers.Allow = HttpMethods.Post;
        return Refuse.Unsuitable(StatusCodes.Status405MethodNotAllowed, "Method Not Allowed").ToHttp();
    }

    private static async Task<Results<Ok, ProblemResult>> Receive(
        HttpContext http, IConfiguration configuration, GrainCalls calls, TimeProvider time, ILoggerFactory loggers, CancellationToken cancellationToken)
    {
        if (configuration[SecretSetting] is not { } secret || string.IsNullOrWhiteSpace(secret))
            return Refuse.WebhooksNotConfigured().ToHttp();
        if (await Body(http.Request, cancellationToken) is not { } body)
            return Refuse.WebhookTooLarge(MaxBytes).ToHttp();
        if (StripeSignature.Refusal(body, http.Request.Headers[StripeSignature.Header], secret, time.GetUtcNow()) is { } refusal
            && !IsOfPrevious(body, http, configuration[PreviousSecretSetting], time.GetUtcNow()))
        {
            return Refuse.Webhook(refusal).ToHttp();
        }

        string eventId;
        StripeNotice? notice;
        try
        {
            (eventId, notice) = StripeNotices.Read(body);
        }
        catch (FormatException exception)
        {
            return Refuse.Webhook(exception.Message).ToHttp();
        }

        if (notice is null)
            return TypedResults.Ok();
        try
        {
            var grain = calls.Grains.GetGrain<IStripeEventGrain>(eventId);
            await GrainCalls.Repeat(async () =>
            {
                await grain.Receive(notice);
                return true;
            });
            return TypedResults.Ok();
        }
        catch (Exception exception)
        {
            loggers.CreateLogger(typeof(WebhookEndpoints)).LogWarning(exception, "Event {Event} ({Type}) could not be stored; it is expected again", eventId, notice.Type);
            return Refuse.WebhookNotStored().ToHttp();
        }
    }

    private static bool IsOfPrevious(string body, HttpContext http, string? secret, DateTimeOffset now) =>
        !string.IsNullOrWhiteSpace(secret) && StripeSignature.Refusal(body, http.Request.Headers[StripeSignature.Header], secret, now) is null;

    // Null when it is too long. The signature is of the bytes, which must be read before anything else looks at them.
    private static async Task<string?> Body(HttpRequest request, CancellationToken cancellationToken)
    {
        if (request.ContentLength > MaxBytes)
            return null;
        var buffer = new byte[(int)(request.ContentLength ?? MaxBytes) + 1];
        var length = await request.Body.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellationToken);
        return length > MaxBytes ? null : Encoding.UTF8.GetString(buffer, 0, length);
    }
}
