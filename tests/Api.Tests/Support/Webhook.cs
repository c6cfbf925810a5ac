using System.Text;
using Connect.Api.Webhooks;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Stripe;

namespace Connect.Api.Tests.Support;

/// <summary>Sends events as Stripe does: signed with the endpoint's secret by the program's clock.</summary>
internal static class Webhook
{
    public const string Path = "/webhooks/stripe";

    public static Task<Reply> SendEvent(this RunningApi api, string eventId, string type, string subject) => api.SendSigned(Event(eventId, type, subject));

    public static Task<Reply> SendSigned(this RunningApi api, string body) =>
        api.SendRaw(body, EventUtility.GenerateSignatureHeader(body, api.Secret(), api.Now().ToUnixTimeSeconds()));

    public static async Task<Reply> SendRaw(this RunningApi api, string body, string? signature)
    {
        var http = api.Anonymous().Http;
        using var request = new HttpRequestMessage(HttpMethod.Post, Path) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        if (signature is not null)
            request.Headers.TryAddWithoutValidation(StripeSignature.Header, signature);
        using var response = await http.SendAsync(request);
        return new(response.StatusCode, await response.Content.ReadAsStringAsync(), response.Content.Headers.ContentType?.MediaType,
            response.Headers.Concat(response.Content.Headers).ToDictionary(header => header.Key, header => string.Join(",", header.Value)));
    }

    public static string Secret(this RunningApi api) => api.Services.GetRequiredService<IConfiguration>()["Stripe:WebhookSecret"]!;

    public static DateTimeOffset Now(this RunningApi api) => api.Services.GetRequiredService<TimeProvider>().GetUtcNow();

    public static string Event(string id, string type, string subject) => $$$"""{"id":"{{{id}}}","object":"event","type":"{{{type}}}","data":{"object":{{{subject}}}}}""";
}
