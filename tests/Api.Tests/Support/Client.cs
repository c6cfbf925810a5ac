using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;

namespace Connect.Api.Tests.Support;

/// <summary>Calls the API as a program would.</summary>
public sealed class Client
{
    private readonly HttpClient http;

    public Client(Uri address, string? token)
    {
        http = new(new SocketsHttpHandler { AllowAutoRedirect = false }) { BaseAddress = address, Timeout = TimeSpan.FromMinutes(2) };
        if (token is not null)
            http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
    }

    public HttpClient Http => http;

    public Task<Reply> Get(string path) => Send(HttpMethod.Get, path);

    public Task<Reply> Delete(string path) => Send(HttpMethod.Delete, path);

    public Task<Reply> Post(string path, object? body = null, string? key = null) =>
        Send(HttpMethod.Post, path, body is null ? null : JsonContent.Create(body), key);

    public Task<Reply> PostText(string path, string body, string contentType = "application/json", string? key = null) =>
        Send(HttpMethod.Post, path, new StringContent(body, Encoding.UTF8, contentType), key);

    public Task<Reply> PostBytes(string path, byte[] body, string contentType) =>
        Send(HttpMethod.Post, path, new ByteArrayContent(body) { Headers = { ContentType = new(contentType) } });

    public Task<Reply> PatchText(string path, string body) => Send(HttpMethod.Patch, path, new StringContent(body, Encoding.UTF8, "application/json"));

    public Task<Reply> Put(string path, object body, string? ifMatch = null) => Send(HttpMethod.Put, path, JsonContent.Create(body), null, ifMatch);

    public async Task<Reply> Send(HttpMethod method, string path, HttpContent? content = null, string? key = null, string? ifMatch = null)
    {
        using var request = new HttpRequestMessage(method, path) { Content = content };
        if (key is not null)
            request.Headers.TryAddWithoutValidation("Idempotency-Key", key);
        if (ifMatch is not null)
            request.Headers.TryAddWithoutValidation("If-Match", ifMatch);
        using var response = await http.SendAsync(request);
        return new(response.StatusCode, await response.Content.ReadAsStringAsync(), response.Content.Headers.ContentType?.MediaType,
            response.Headers.Concat(response.Content.Headers).ToDictionary(header => header.Key, header => string.Join(",", header.Value)));
    }
}

/// <summary>An answer of the API.</summary>
public sealed record Reply(HttpStatusCode Status, string Body, string? MediaType, IReadOnlyDictionary<string, string> Headers)
{
    public JsonNode Json => JsonNode.Parse(Body)!;

    public string Text(string member) => Json[member]!.GetValue<string>();

    public long Number(string member) => Json[member]!.GetValue<long>();

    /// <summary>This reply, which must be a success.</summary>
    public Reply Ok()
    {
        Assert.True((int)Status is >= 200 and < 300, $"{(int)Status}: {Body}");
        return this;
    }

    /// <summary>This reply, which must be that problem, and of that field if one is named.</summary>
    public Reply Problem(int status, string type, string? field = null)
    {
        Assert.True((int)Status == status && MediaType == "application/problem+json", $"{(int)Status} {MediaType}: {Body}");
        Assert.Equal(type, Text("type"));
        Assert.Equal(status, Json["status"]!.GetValue<int>());
        Assert.NotEmpty(Text("title"));
        Assert.NotEmpty(Text("detail"));
        if (field is not null)
            Assert.Equal(field, Text("field"));
        return this;
    }
}
