using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;

namespace Connect.CrashMatrix;

/// <summary>Somebody at the HTTP API, as a person of one account.</summary>
internal sealed class Visitor(HttpClient http, Func<Uri> api, string account)
{
    // As long as a busy machine may take to answer what has a second's time-out inside.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

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

    /// <summary>A request; it must succeed unless any answer will do, and is repeated while something it needs is unavailable. <paramref name="bearer"/> is another person's token.</summary>
    public async Task<Answered> Send(
        HttpMethod method, string path, object? body = null, string? key = null, string? bearer = null, bool anyVersion = false, bool anyAnswer = false)
    {
        using var again = new PeriodicTimer(TimeSpan.FromMilliseconds(200));
        for (var waited = Stopwatch.StartNew(); ; await again.WaitForNextTickAsync())
        {
            var answer = await Once(method, path, body, key, bearer, anyVersion);
            if (anyAnswer || answer.Status is >= 200 and < 300)
                return answer;
            if (answer.Status != (int)HttpStatusCode.ServiceUnavailable || waited.Elapsed > Patience)
                throw new InvalidOperationException($"{method} {path}: {answer.Status} {answer.Body}");
        }
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

    private async Task<Answered> Once(HttpMethod method, string path, object? body, string? key, string? bearer, bool anyVersion)
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
        return new((int)response.StatusCode, text.Length > 0 ? JsonSerializer.Deserialize<JsonElement>(text) : default);
    }
}

/// <summary>An answer of the API.</summary>
/// <param name="Status">HTTP status.</param>
/// <param name="Body">JSON body.</param>
internal sealed record Answered(int Status, JsonElement Body);
