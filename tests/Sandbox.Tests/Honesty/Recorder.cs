using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Connect.Sandbox.Tests.Honesty;

/// <summary>
/// Keeps every exchange. Before each request it sends the same one with a parameter that nobody knows, which is refused, changes nothing, and makes the sandbox
/// say which ones it knows.
/// </summary>
public sealed partial class Recorder() : DelegatingHandler(new HttpClientHandler())
{
    private const string Nobody = "nobody_knows_this";

    public List<Exchange> Exchanges { get; } = [];

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var form = request.Content is null ? request.RequestUri!.Query.TrimStart('?') : await request.Content.ReadAsStringAsync(cancellationToken);
        var accepts = new SortedDictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal);
        foreach (var group in Groups(form))
        {
            if (await KnownAsync(request, form, group, cancellationToken) is { } known)
                accepts[string.Join('/', group)] = known;
        }

        var response = await base.SendAsync(request, cancellationToken);
        var body = await response.Content.ReadAsStringAsync(cancellationToken);
        var path = request.RequestUri!.AbsolutePath;
        Exchanges.Add(new Exchange(request.Method.Method, path[path.IndexOf("/v1/", StringComparison.Ordinal)..], (int)response.StatusCode, JsonNode.Parse(body)!.AsObject(), accepts));
        return response;
    }

    // The top, and each name[...] that is no list and no metadata.
    private static IEnumerable<string[]> Groups(string form) => form.Split('&', StringSplitOptions.RemoveEmptyEntries)
        .Select(pair => WebUtility.UrlDecode(pair.Split('=')[0]).Split('[', ']').Where(part => part.Length > 0).ToArray())
        .SelectMany(parts => Enumerable.Range(1, parts.Length - 1).Select(length => parts[..length]).Where(_ => !parts.Any(part => part == "metadata" || char.IsAsciiDigit(part[0]))))
        .Prepend([])
        .DistinctBy(parts => string.Join('/', parts));

    private async Task<IReadOnlyList<string>?> KnownAsync(HttpRequestMessage request, string form, string[] group, CancellationToken cancellationToken)
    {
        var name = group.Length == 0 ? Nobody : $"{group[0]}{string.Concat(group[1..].Select(part => $"[{part}]"))}[{Nobody}]";
        var probed = $"{form}&{WebUtility.UrlEncode(name)}=1".TrimStart('&');
        var uri = new UriBuilder(request.RequestUri!);
        using var probe = new HttpRequestMessage(request.Method, request.RequestUri);
        if (request.Content is null)
        {
            uri.Query = probed;
            probe.RequestUri = uri.Uri;
        }
        else
        {
            probe.Content = new StringContent(probed, Encoding.UTF8, "application/x-www-form-urlencoded");
        }

        probe.Headers.Authorization = request.Headers.Authorization;
        using var response = await base.SendAsync(probe, cancellationToken);
        var error = JsonNode.Parse(await response.Content.ReadAsStringAsync(cancellationToken))!["error"];

        // What is refused before its parameters are read (no such object, a parameter missing) does not say.
        if ((string?)error?["code"] != "parameter_unknown")
            return null;
        return [.. Known().Match((string)error["message"]!).Groups[1].Value.Split(", ", StringSplitOptions.RemoveEmptyEntries).Where(known => !char.IsAsciiDigit(known[0]))];
    }

    [GeneratedRegex(@"Known here: (.*)\.$")]
    private static partial Regex Known();
}
