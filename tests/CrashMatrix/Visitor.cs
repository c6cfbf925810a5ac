using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;

namespace Connect.CrashMatrix;

/// <summary>Somebody at the HTTP API, as a person of one account.</summary>
internal sealed class Visitor(HttpClient http, Func<Uri> api, string account)
{
    private string? token;

    /// <summary>The account.</summary>
    public string Account => account;

    /// <summary>Signs in; the account is opened when it is new.</summary>
    public async Task SignIn() =>
        token = (await Post("/sandbox/token", new { accountId = account, userId = "owner", role = "admin" }, null)).Body.GetProperty("token").GetString();

    /// <summary>An address of the account.</summary>
    public string Path(string below) => $"/v1/accounts/{account}/{below}";

    /// <summary>POST that must succeed.</summary>
    public Task<Answered> Post(string path, object body, string? key) => Send(HttpMethod.Post, path, body, key);

    /// <summary>A request; it must succeed unless any answer will do. <paramref name="bearer"/> is another person's token.</summary>
    public async Task<Answered> Send(
        HttpMethod method, string path, object? body = null, string? key = null, string? bearer = null, bool anyVersion = false, bool anyAnswer = false)
    {
        using var request = new HttpRequestMessage(method, new Uri(api(), path));
        if (body is not null)
            request.Content = JsonContent.Create(body);
        if ((bearer ?? token) is { } known)
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", known);
        if (key is not null)
            request.Headers.Add("Idempotency-Key", key);
        if (anyVersion)
            request.Headers.IfMatch.Add(EntityTagHeaderValue.Any);
        using var response = await http.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        if (!anyAnswer && !response.IsSuccessStatusCode)
            throw new InvalidOperationException($"{method} {path}: {(int)response.StatusCode} {text}");
        return new((int)response.StatusCode, text.Length > 0 ? JsonSerializer.Deserialize<JsonElement>(text) : default);
    }

    /// <summary>Any answer; null when none came, because the program died.</summary>
    public async Task<Answered?> Try(HttpMethod method, string path, object? body = null, string? key = null)
    {
        try
        {
            return await Send(method, path, body, key, anyAnswer: true);
        }
        catch (Exception error) when (error is HttpRequestException or OperationCanceledException)
        {
            return null;
        }
    }
}

/// <summary>An answer of the API.</summary>
/// <param name="Status">HTTP status.</param>
/// <param name="Body">JSON body.</param>
internal sealed record Answered(int Status, JsonElement Body);
