using System.Globalization;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using Connect.Api.Application;
using Connect.Api.Problems;
using Connect.Grains.Messaging;
using Connect.Messaging;
using Connect.Silo.Gateways.Kannel;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;

namespace Connect.Api.Webhooks;

/// <summary>
/// Where Kannel tells what became of a message, and what people replied. 200 only once it is durable; 503 asks Kannel to repeat it, which it does when <c>http-request-retry</c> is set in
/// its smsbox group. A report's address was signed by us; an inbound message brings the callback secret as a password. All of it is 404 unless Kannel is the gateway.
/// </summary>
internal static class KannelEndpoints
{
    /// <summary>Path of inbound messages.</summary>
    public const string InboundPath = "/gateways/kannel/inbound";

    private const int MaxReason = 200;
    private const int MaxNumber = 40;

    public static IServiceCollection AddGatewayCallbacks(this IServiceCollection services) =>
        services.AddSingleton<DeliveryReports>().AddHostedService(provider => provider.GetRequiredService<DeliveryReports>());

    public static void MapGatewayCallbacks(this WebApplication app)
    {
        if (app.Services.GetService<IValidateOptions<KannelOptions>>() is not null)
        {
            app.MapGet(KannelGateway.DeliveryPath, Delivery).AllowAnonymous().ExcludeFromDescription();
            app.MapGet(InboundPath, Inbound).AllowAnonymous().ExcludeFromDescription();
        }

        app.Map("/gateways/{**anything}", () => Refuse.NotFound("address").ToHttp()).AllowAnonymous().ExcludeFromDescription();
    }

    private static async Task<Results<Ok, ProblemResult>> Delivery(HttpContext http, IOptions<KannelOptions> options, DeliveryReports reports, ILoggerFactory loggers)
    {
        var told = new GatewayQuery(http.Request.QueryString.Value);
        if (DeliveryTicket.Read(told.Text("m"), options.Value.CallbackSecret) is not { } ticket)
            return Refuse.NotFound("message").ToHttp();
        // A kind that later versions may add says nothing we could use.
        if (State(told.Text("t")) is not { } state)
            return TypedResults.Ok();
        try
        {
            await reports.Add(new()
            {
                AccountId = ticket.AccountId,
                Kind = ticket.Kind,
                CampaignId = ticket.CampaignId,
                MessageId = ticket.MessageId,
                State = state,
                Reason = state == DeliveryState.Undelivered ? Shortened(told.Text("r"), MaxReason) : null,
            });
            return TypedResults.Ok();
        }
        catch (Exception failure)
        {
            loggers.CreateLogger(typeof(KannelEndpoints)).LogWarning(failure, "The report about message {Message} could not be stored; it is expected again", ticket.MessageId);
            return Refuse.CallbackNotStored().ToHttp();
        }
    }

    private static async Task<Results<Ok, ProblemResult>> Inbound(HttpContext http, IOptions<KannelOptions> options, GrainCalls calls, TimeProvider time, ILoggerFactory loggers)
    {
        if (!IsKannel(http.Request.Headers.Authorization, options.Value.CallbackSecret))
            return Refuse.GatewaySecretWrong().ToHttp();
        var told = new GatewayQuery(http.Request.QueryString.Value);
        if (told.Text("from") is not { Length: > 0 and <= MaxNumber } from)
            return Refuse.Validation("from", "Whose phone it came from: a number.").ToHttp();
        if (told.Text("to") is not { Length: <= MaxNumber } to)
            return Refuse.Validation("to", "Which number it was sent to, or nothing.").ToHttp();
        try
        {
            var message = new InboundSms { From = from, To = to, Text = told.Text("text", "charset"), At = At(told.Text("at")) ?? time.GetUtcNow(), Id = Shortened(told.Text("id"), MaxNumber) };
            await GrainCalls.Repeat(() => calls.Grains.GetGrain<IInboundGrain>(0).Receive(message));
            return TypedResults.Ok();
        }
        catch (Exception failure)
        {
            loggers.CreateLogger(typeof(KannelEndpoints)).LogWarning(failure, "The message from {From} could not be stored; it is expected again", MaskedNumber.Of(from));
            return Refuse.CallbackNotStored().ToHttp();
        }
    }

    // Kannel's delivery report types; each report is of one.
    private static DeliveryState? State(string type) => type switch
    {
        "1" => DeliveryState.Delivered,
        "2" or "16" => DeliveryState.Undelivered,
        "4" or "8" => DeliveryState.Passed,
        _ => null,
    };

    private static DateTimeOffset? At(string seconds) =>
        long.TryParse(seconds, NumberStyles.None, CultureInfo.InvariantCulture, out var unix) && unix < DateTimeOffset.MaxValue.ToUnixTimeSeconds() ? DateTimeOffset.FromUnixTimeSeconds(unix) : null;

    private static string Shortened(string text, int length) => text.Length > length ? text[..length] : text;

    // Basic authentication keeps the secret out of the address, and so out of logs of addresses. The user's name is of no matter.
    private static bool IsKannel(string? header, string secret)
    {
        if (!AuthenticationHeaderValue.TryParse(header, out var given) || given is not { Scheme: "Basic", Parameter.Length: > 0 and <= 1_000 })
            return false;
        Span<byte> pair = stackalloc byte[1_000];
        if (!Convert.TryFromBase64String(given.Parameter, pair, out var length))
            return false;
        var password = pair[..length][(pair[..length].IndexOf((byte)':') + 1)..];
        return CryptographicOperations.FixedTimeEquals(SHA256.HashData(password), SHA256.HashData(Encoding.UTF8.GetBytes(secret)));
    }
}
