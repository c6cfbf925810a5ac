using System.Text;

namespace Connect.Sandbox.Stripe;

/// <summary>An API request as it was read from the wire.</summary>
internal sealed record StripeRequest
{
    private const string TestKeyPrefix = "sk_test_";
    private const int KeyLengthMax = 255;
    private const string FormType = "application/x-www-form-urlencoded";

    /// <summary>The id of this request.</summary>
    public required string Id { get; init; }

    /// <summary>HTTP method.</summary>
    public required string Method { get; init; }

    /// <summary>The path below the prefix, beginning with <c>/v1/</c>.</summary>
    public required string Path { get; init; }

    /// <summary>Query and body.</summary>
    public required StripeParameters Parameters { get; init; }

    /// <summary>Query and body as they were sent.</summary>
    public required string Form { get; init; }

    /// <summary>The API key, or null.</summary>
    public string? ApiKey { get; init; }

    /// <summary>The idempotency key of a POST, or null.</summary>
    public string? IdempotencyKey { get; init; }

    /// <summary>The API version the client is pinned to, or null.</summary>
    public string? StripeVersion { get; init; }

    /// <summary>Where the hosted pages are.</summary>
    public required string PageBase { get; init; }

    /// <summary>True when the body is of a kind that the API reads.</summary>
    public required bool IsForm { get; init; }

    /// <summary>Reads a request.</summary>
    public static async Task<StripeRequest> ReadAsync(HttpContext context, string prefix, string id, string pageBase)
    {
        var request = context.Request;
        using var reader = new StreamReader(request.Body, Encoding.UTF8);
        var body = await reader.ReadToEndAsync(context.RequestAborted);
        var isForm = body.Length == 0 || request.ContentType?.StartsWith(FormType, StringComparison.OrdinalIgnoreCase) == true;
        var authorization = request.Headers.Authorization.ToString();
        var idempotencyKey = request.Headers["Idempotency-Key"].ToString();
        var version = request.Headers["Stripe-Version"].ToString();
        return new StripeRequest
        {
            Id = id,
            Method = request.Method,
            Path = request.Path.Value![prefix.Length..],
            Parameters = StripeParameters.Parse(isForm ? body : "", request.QueryString.Value ?? ""),
            Form = isForm && body.Length > 0 ? $"{request.QueryString.Value?.TrimStart('?')}&{body}" : request.QueryString.Value?.TrimStart('?') ?? "",
            ApiKey = authorization.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase) ? authorization["Bearer ".Length..].Trim() : null,
            IdempotencyKey = HttpMethods.IsPost(request.Method) && idempotencyKey.Length > 0 ? idempotencyKey : null,
            StripeVersion = version.Length > 0 ? version : null,
            PageBase = pageBase,
            IsForm = isForm,
        };
    }

    /// <summary>
    /// Why the request is not looked at, or null. Only test keys are taken: a live key here means that a program believes it is charging real cards.
    /// </summary>
    public StripeRefusal? Refusal() => this switch
    {
        { ApiKey: null or "" } => StripeRefusal.Unauthorized("You did not provide an API key. Provide it in the Authorization header, using Bearer auth."),
        _ when !ApiKey.StartsWith(TestKeyPrefix, StringComparison.Ordinal) =>
            StripeRefusal.Unauthorized($"Invalid API Key provided: {Censored(ApiKey)}. The sandbox takes keys that begin with {TestKeyPrefix}."),
        { IsForm: false } => StripeRefusal.Invalid(null, $"Invalid request (check that your POST content type is {FormType})."),
        { IdempotencyKey.Length: > KeyLengthMax } => StripeRefusal.Invalid(null, $"Idempotency keys have up to {KeyLengthMax} characters."),
        _ => null,
    };

    private static string Censored(string key) => key.Length > 11 ? $"{key[..7]}****{key[^4..]}" : "****";
}
