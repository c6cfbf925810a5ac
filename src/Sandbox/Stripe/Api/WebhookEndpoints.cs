using System.Text.Json.Nodes;

namespace Connect.Sandbox.Stripe;

/// <summary><c>/v1/webhook_endpoints</c>.</summary>
internal static class WebhookEndpoints
{
    /// <summary>Makes an endpoint; its secret is only in this answer.</summary>
    public static StripeAnswer Create(StripeCall call)
    {
        var parameters = call.Parameters;
        var endpoint = new StripeWebhookEndpoint
        {
            Id = call.Ids.Next("we"),
            Created = call.Now.ToUnixTimeSeconds(),
            Description = parameters.Text("description"),
            EnabledEvents = Types(parameters) ?? throw StripeRefusal.Invalid("parameter_missing", "Missing required param: enabled_events.", "enabled_events"),
            Metadata = parameters.Metadata([]),
            Sandbox = new WebhookEndpointSecrets(call.Ids.Next("whsec")),
            Url = Url(parameters.Required("url")),
        };
        parameters.RefuseUnknown();
        var answer = call.Put(endpoint);
        answer.Body["secret"] = endpoint.Sandbox.Secret;
        return answer;
    }

    /// <summary>Shows an endpoint, without its secret.</summary>
    public static StripeAnswer Retrieve(StripeCall call, string id)
    {
        call.Parameters.RefuseUnknown();
        return StripeAnswer.Ok(Find(call, id).Render());
    }

    /// <summary>Changes an endpoint.</summary>
    public static StripeAnswer Update(StripeCall call, string id)
    {
        var endpoint = Find(call, id);
        endpoint = endpoint with
        {
            Description = call.Parameters.Change("description", endpoint.Description),
            EnabledEvents = Types(call.Parameters) ?? endpoint.EnabledEvents,
            Metadata = call.Parameters.Metadata(endpoint.Metadata),
            Status = call.Parameters.Flag("disabled") switch
            {
                null => endpoint.Status,
                true => "disabled",
                false => "enabled",
            },
            Url = call.Parameters.Text("url") is { } url ? Url(url) : endpoint.Url,
        };
        call.Parameters.RefuseUnknown();
        return call.Put(endpoint);
    }

    /// <summary>Removes an endpoint: what was not delivered to it never is.</summary>
    public static StripeAnswer Delete(StripeCall call, string id)
    {
        call.Parameters.RefuseUnknown();
        call.Unit.Delete(Find(call, id).Id);
        return StripeAnswer.Ok(new JsonObject { ["id"] = id, ["object"] = StripeWebhookEndpoint.Kind, ["deleted"] = true });
    }

    /// <summary>Lists endpoints.</summary>
    public static StripeAnswer List(StripeCall call) => call.Page("/v1/webhook_endpoints", StripeWebhookEndpoint.Kind, byCreated: false);

    private static StripeWebhookEndpoint Find(StripeCall call, string id) => call.Get<StripeWebhookEndpoint>(id, StripeWebhookEndpoint.Kind);

    private static IReadOnlyList<string>? Types(StripeParameters parameters) => parameters.Texts("enabled_events");

    private static string Url(string text) => Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https"
        ? text
        : throw StripeRefusal.Invalid("url_invalid", "Invalid URL: it must begin with http:// or https://.", "url");
}
